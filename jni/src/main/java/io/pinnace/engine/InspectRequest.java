package io.pinnace.engine;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;

/**
 * Says what references are.
 *
 * @param references images
 * @param digestOnly no more than digest, type and size
 * @param environments file for env: names; null: none
 */
public record InspectRequest(
        @JsonUnwrapped JobSettings settings, List<String> references, boolean digestOnly, String environments)
        implements Request<InspectResult> {
    @Override
    public String job() {
        return "inspect";
    }

    @Override
    public Class<InspectResult> resultType() {
        return InspectResult.class;
    }

    /** All about some references. */
    public static InspectRequest of(JobSettings settings, String... references) {
        return new InspectRequest(settings, List.of(references), false, null);
    }
}
