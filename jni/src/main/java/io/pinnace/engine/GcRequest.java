package io.pinnace.engine;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * Removes what nothing needs from the local store or a layout.
 *
 * @param layout oci:DIR; null: the local store
 */
public record GcRequest(@JsonUnwrapped JobSettings settings, String layout) implements Request<GcResult> {
    @Override
    public String job() {
        return "gc";
    }

    @Override
    public Class<GcResult> resultType() {
        return GcResult.class;
    }
}
