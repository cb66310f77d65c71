package io.pinnace.engine;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * Removes what nothing needs from the local store or a layout.
 *
 * @param layout oci:DIR; null: the local store
 * @param cacheSize bytes that the local store's build cache may have; null: 10 GiB
 * @param olderThan seconds; what was not used for so long goes from the local store; null: only unpacked layers, after
 *     two weeks
 * @param all everything goes from the local store that no job is using
 */
public record GcRequest(@JsonUnwrapped JobSettings settings, String layout, Long cacheSize, Long olderThan, boolean all)
        implements Request<GcResult> {
    /** With the default limits. */
    public GcRequest(JobSettings settings, String layout) {
        this(settings, layout, null, null, false);
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
