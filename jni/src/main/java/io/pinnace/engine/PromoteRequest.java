package io.pinnace.engine;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * Moves the same bytes, by digest, into an environment.
 *
 * @param reference what to promote
 * @param to environment
 * @param environments file that defines it
 * @param tag in the environment; null: that of the reference
 * @param as name of the image in the environment; null: the one that follows from the reference
 */
public record PromoteRequest(
        @JsonUnwrapped JobSettings settings, String reference, String to, String environments, String tag, String as)
        implements Request<PromoteResult> {
    @Override
    public String job() {
        return "promote";
    }

    @Override
    public Class<PromoteResult> resultType() {
        return PromoteResult.class;
    }
}
