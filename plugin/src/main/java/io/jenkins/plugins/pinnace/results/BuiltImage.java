package io.jenkins.plugins.pinnace.results;

import io.pinnace.engine.BuildResult;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.scriptsecurity.sandbox.whitelists.Whitelisted;

/** What {@code containerBuild} returns. */
public final class BuiltImage implements Serializable {
    private static final long serialVersionUID = 1;

    private final String digest;
    private final ArrayList<String> references;
    private final ArrayList<String> platforms;
    private final long size;

    private BuiltImage(String digest, List<String> references, List<String> platforms, long size) {
        this.digest = digest;
        this.references = new ArrayList<>(references);
        this.platforms = new ArrayList<>(platforms);
        this.size = size;
    }

    public static BuiltImage of(BuildResult result) {
        long size = result.images().stream()
                .flatMap(image -> image.layers().stream())
                .mapToLong(BuildResult.Layer::size)
                .sum();
        return new BuiltImage(
                result.digest(),
                result.references(),
                result.images().stream().map(BuildResult.Image::platform).toList(),
                size);
    }

    /** Of the manifest, or of the index where there are several platforms. */
    @Whitelisted
    public String getDigest() {
        return digest;
    }

    /** The first tag, by digest; null if there was no tag. */
    @Whitelisted
    public String getReference() {
        return references.isEmpty() ? null : references.get(0);
    }

    @Whitelisted
    public List<String> getReferences() {
        return new ArrayList<>(references);
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
        return references.isEmpty() ? digest : references.get(0);
    }
}
