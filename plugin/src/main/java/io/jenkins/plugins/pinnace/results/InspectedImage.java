package io.jenkins.plugins.pinnace.results;

import io.pinnace.engine.InspectResult;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jenkinsci.plugins.scriptsecurity.sandbox.whitelists.Whitelisted;

/** What {@code containerInspect} returns. */
public final class InspectedImage implements Serializable {
    private static final long serialVersionUID = 1;

    private final String reference;
    private final String digest;
    private final String mediaType;
    private final ArrayList<String> platforms;
    private final long size;

    private InspectedImage(InspectResult.Item item) {
        this.reference = item.reference();
        this.digest = item.digest();
        this.mediaType = item.mediaType();
        this.platforms = new ArrayList<>(item.images().stream()
                .map(InspectResult.Image::platform)
                .filter(Objects::nonNull)
                .toList());
        this.size = item.images().stream()
                .flatMap(image -> image.layers().stream())
                .mapToLong(InspectResult.Layer::size)
                .sum();
    }

    public static InspectedImage of(InspectResult.Item item) {
        return new InspectedImage(item);
    }

    /** What was asked for. */
    @Whitelisted
    public String getReference() {
        return reference;
    }

    @Whitelisted
    public String getDigest() {
        return digest;
    }

    @Whitelisted
    public String getMediaType() {
        return mediaType;
    }

    @Whitelisted
    public List<String> getPlatforms() {
        return new ArrayList<>(platforms);
    }

    /** Of the layers, compressed, in bytes. */
    @Whitelisted
    public long getSize() {
        return size;
    }

    @Override
    public String toString() {
        return reference + " is " + digest;
    }
}
