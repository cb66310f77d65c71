// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.Objects;

/**
 * Says what changed from one image to another.
 *
 * @param store directory of the local store and cache
 * @param registries settings file (docs/formats/registries.md); null: the user's
 * @param from reference
 * @param to reference
 * @param platform null: all that one of them has
 * @param source directory of a git clone that may have the commits between; null: none
 * @param report what is written of it for people; null: nothing
 * @param environments file for env: names; null: none
 */
public record DiffRequest(
        String store,
        String registries,
        String from,
        String to,
        String platform,
        String source,
        String report,
        String environments)
        implements Request<DiffResult> {
    @Override
    public String job() {
        return "diff";
    }

    @Override
    public Class<DiffResult> resultType() {
        return DiffResult.class;
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
        private String from;
        private String to;
        private String platform;
        private String source;
        private String report;
        private String environments;

        private Builder() {}

        /** Reference. */
        public Builder from(String from) {
            this.from = from;
            return this;
        }

        /** Reference. */
        public Builder to(String to) {
            this.to = to;
            return this;
        }

        /** Null: all that one of them has. */
        public Builder platform(String platform) {
            this.platform = platform;
            return this;
        }

        /** Directory of a git clone that may have the commits between; null: none. */
        public Builder source(String source) {
            this.source = source;
            return this;
        }

        /** What is written of it for people; null: nothing. */
        public Builder report(String report) {
            this.report = report;
            return this;
        }

        /** File for env: names; null: none. */
        public Builder environments(String environments) {
            this.environments = environments;
            return this;
        }

        public DiffRequest build() {
            return new DiffRequest(
                    Objects.requireNonNull(store, "store"),
                    registries,
                    Objects.requireNonNull(from, "from"),
                    Objects.requireNonNull(to, "to"),
                    platform,
                    source,
                    report,
                    environments);
        }
    }
}
