// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.Objects;

/**
 * Copies an image byte for byte between registries, layouts and archives.
 *
 * @param store directory of the local store and cache
 * @param registries settings file (docs/formats/registries.md); null: the user's
 * @param source image
 * @param target where to; without a tag it is stored by digest only
 * @param referrers whether what refers to it is copied, too
 * @param repair whether all that the target has is read, and sent again where it is missing or damaged
 * @param parallel so many blobs at once; null: 4
 * @param environments file for env: names; null: none
 */
public record CopyRequest(
        String store,
        String registries,
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

    public static Builder builder(JobSettings settings) {
        Builder builder = new Builder();
        builder.store = settings.store();
        builder.registries = settings.registries();
        return builder;
    }

    public static final class Builder {
        private String store;
        private String registries;
        private String source;
        private String target;
        private boolean referrers = false;
        private boolean repair = false;
        private Integer parallel;
        private String environments;

        private Builder() {}

        /** Image. */
        public Builder source(String source) {
            this.source = source;
            return this;
        }

        /** Where to; without a tag it is stored by digest only. */
        public Builder target(String target) {
            this.target = target;
            return this;
        }

        /** Whether what refers to it is copied, too. */
        public Builder referrers(boolean referrers) {
            this.referrers = referrers;
            return this;
        }

        /** Whether all that the target has is read, and sent again where it is missing or damaged. */
        public Builder repair(boolean repair) {
            this.repair = repair;
            return this;
        }

        /** So many blobs at once; null: 4. */
        public Builder parallel(Integer parallel) {
            this.parallel = parallel;
            return this;
        }

        /** File for env: names; null: none. */
        public Builder environments(String environments) {
            this.environments = environments;
            return this;
        }

        public CopyRequest build() {
            return new CopyRequest(
                    Objects.requireNonNull(store, "store"),
                    registries,
                    Objects.requireNonNull(source, "source"),
                    Objects.requireNonNull(target, "target"),
                    referrers,
                    repair,
                    parallel,
                    environments);
        }
    }
}
