// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.List;
import java.util.Objects;

/**
 * Says what references are.
 *
 * @param store directory of the local store and cache
 * @param registries settings file (docs/formats/registries.md); null: the user's
 * @param references images
 * @param digestOnly whether no more than digest, type and size is wanted
 * @param environments file for env: names; null: none
 */
public record InspectRequest(
        String store,
        String registries,
        List<String> references,
        boolean digestOnly,
        String environments)
        implements Request<InspectResult> {
    @Override
    public String job() {
        return "inspect";
    }

    @Override
    public Class<InspectResult> resultType() {
        return InspectResult.class;
    }

    public static Builder builder(JobSettings settings) {
        Builder builder = new Builder();
        builder.store = settings.store();
        builder.registries = settings.registries();
        return builder;
    }

    public static final class Builder {
        private String store;
        private String registries;
        private List<String> references = List.of();
        private boolean digestOnly = false;
        private String environments;

        private Builder() {}

        /** Images. */
        public Builder references(List<String> references) {
            this.references = references;
            return this;
        }

        /** Whether no more than digest, type and size is wanted. */
        public Builder digestOnly(boolean digestOnly) {
            this.digestOnly = digestOnly;
            return this;
        }

        /** File for env: names; null: none. */
        public Builder environments(String environments) {
            this.environments = environments;
            return this;
        }

        public InspectRequest build() {
            return new InspectRequest(
                    Objects.requireNonNull(store, "store"),
                    registries,
                    references,
                    digestOnly,
                    environments);
        }
    }
}
