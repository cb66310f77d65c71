package io.pinnace.engine;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;

/**
 * Fixes every outside input of definitions by digest, in their locks.
 *
 * @param definitions files
 * @param check write nothing
 * @param update resolve again what is pinned: all, or {@code names}
 * @param names of inputs
 */
public record PinRequest(
        @JsonUnwrapped JobSettings settings,
        List<String> definitions,
        boolean check,
        boolean update,
        List<String> names)
        implements Request<PinResult> {
    @Override
    public String job() {
        return "pin";
    }

    @Override
    public Class<PinResult> resultType() {
        return PinResult.class;
    }

    /** Pins what is new in some definitions. */
    public static PinRequest of(JobSettings settings, String... definitions) {
        return new PinRequest(settings, List.of(definitions), false, false, List.of());
    }
}
