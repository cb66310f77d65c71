package io.pinnace.engine;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * Removes what nothing needs from the local store or a layout.
 *
 * @param layout oci:DIR; null: the local store
 * @param cacheSize bytes that the local store's build cache may have; null: 10 GiB
 */
public record GcRequest(@JsonUnwrapped JobSettings settings, String layout, Long cacheSize)
        implements Request<GcResult> {
    /** With the default size of the build cache. */
    public GcRequest(JobSettings settings, String layout) {
        this(settings, layout, null);
    }

    @Override
    public String job() {
        return "gc";
    }

    @Override
    public Class<GcResult> resultType() {
        return GcResult.class;
    }
}
