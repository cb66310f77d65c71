package io.pinnace.engine;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * Copies an image byte for byte between registries and layouts.
 *
 * @param source image
 * @param target where to; without a tag it is stored by digest only
 * @param referrers also copy what refers to it
 * @param repair look at all that the target has, and send again what is missing or damaged
 * @param parallel 1 to 64 blobs at once; null: 4
 * @param environments file for env: names; null: none
 */
public record CopyRequest(
        @JsonUnwrapped JobSettings settings,
        String source,
        String target,
        boolean referrers,
        boolean repair,
        Integer parallel,
        String environments)
        implements Request<CopyResult> {
    @Override
    public String job() {
        return "copy";
    }

    @Override
    public Class<CopyResult> resultType() {
        return CopyResult.class;
    }

    /** With the defaults of the command line. */
    public static CopyRequest of(JobSettings settings, String source, String target) {
        return new CopyRequest(settings, source, target, false, false, null, null);
    }
}
