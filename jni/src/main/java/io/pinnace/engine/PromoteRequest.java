// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.Objects;

/**
 * Moves the same bytes, by digest, into an environment.
 *
 * @param store directory of the local store and cache
 * @param registries settings file (docs/formats/registries.md); null: the user's
 * @param reference image
 * @param to environment
 * @param environments file that defines it
 * @param tag in the environment; null: that of the reference
 * @param as name of the image in the environment; null: the one that follows from the reference
 * @param repair whether all that is there is read, and sent again where it is missing or damaged
 */
public record PromoteRequest(
        String store,
        String registries,
        String reference,
        String to,
        String environments,
        String tag,
        String as,
        boolean repair)
        implements Request<PromoteResult> {
    @Override
    public String job() {
        return "promote";
    }

    @Override
    public Class<PromoteResult> resultType() {
        return PromoteResult.class;
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
        private String reference;
        private String to;
        private String environments;
        private String tag;
        private String as;
        private boolean repair = false;

        private Builder() {}

        /** Image. */
        public Builder reference(String reference) {
            this.reference = reference;
            return this;
        }

        /** Environment. */
        public Builder to(String to) {
            this.to = to;
            return this;
        }

        /** File that defines it. */
        public Builder environments(String environments) {
            this.environments = environments;
            return this;
        }

        /** In the environment; null: that of the reference. */
        public Builder tag(String tag) {
            this.tag = tag;
            return this;
        }

        /** Name of the image in the environment; null: the one that follows from the reference. */
        public Builder as(String as) {
            this.as = as;
            return this;
        }

        /** Whether all that is there is read, and sent again where it is missing or damaged. */
        public Builder repair(boolean repair) {
            this.repair = repair;
            return this;
        }

        public PromoteRequest build() {
            return new PromoteRequest(
                    Objects.requireNonNull(store, "store"),
                    registries,
                    Objects.requireNonNull(reference, "reference"),
                    Objects.requireNonNull(to, "to"),
                    Objects.requireNonNull(environments, "environments"),
                    tag,
                    as,
                    repair);
        }
    }
}
