package io.jenkins.plugins.pinnace.results;

import io.pinnace.engine.PinResult;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jenkinsci.plugins.scriptsecurity.sandbox.whitelists.Whitelisted;

/** One of what {@code containerPin} returns. */
public final class PinnedLock implements Serializable {
    private static final long serialVersionUID = 1;

    private final String definition;
    private final String lock;
    private final boolean changed;
    private final LinkedHashMap<String, String> images = new LinkedHashMap<>();

    private PinnedLock(PinResult.Lock result) {
        this.definition = result.definition();
        this.lock = result.lock();
        this.changed = result.changed();
        result.images().forEach(image -> images.put(image.name(), image.digest()));
    }

    public static PinnedLock of(PinResult.Lock result) {
        return new PinnedLock(result);
    }

    @Whitelisted
    public String getDefinition() {
        return definition;
    }

    /** The file. */
    @Whitelisted
    public String getLock() {
        return lock;
    }

    @Whitelisted
    public boolean isChanged() {
        return changed;
    }

    /** Digests by name. */
    @Whitelisted
    public Map<String, String> getImages() {
        return new LinkedHashMap<>(images);
    }

    @Override
    public String toString() {
        return lock + images;
    }
}
