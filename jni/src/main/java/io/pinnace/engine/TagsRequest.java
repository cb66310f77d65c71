// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.Objects;

/**
 * Lists the tags of a repository, layout or archive.
 *
 * @param store directory of the local store and cache
 * @param registries settings file (docs/formats/registries.md); null: the user's
 * @param repository an image's name without tag and digest
 * @param digests whether it is asked where each tag leads
 * @param order by the names' bytes, or older versions first
 * @param environments file for env: names; null: none
 */
public record TagsRequest(
        String store,
        String registries,
        String repository,
        boolean digests,
        String order,
        String environments)
        implements Request<TagsResult> {
    @Override
    public String job() {
        return "tags";
    }

    @Override
    public Class<TagsResult> resultType() {
        return TagsResult.class;
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
        private String repository;
        private boolean digests = false;
        private String order;
        private String environments;

        private Builder() {}

        /** An image's name without tag and digest. */
        public Builder repository(String repository) {
            this.repository = repository;
            return this;
        }

        /** Whether it is asked where each tag leads. */
        public Builder digests(boolean digests) {
            this.digests = digests;
            return this;
        }

        /** By the names' bytes, or older versions first. */
        public Builder order(String order) {
            this.order = order;
            return this;
        }

        /** File for env: names; null: none. */
        public Builder environments(String environments) {
            this.environments = environments;
            return this;
        }

        public TagsRequest build() {
            return new TagsRequest(
                    Objects.requireNonNull(store, "store"),
                    registries,
                    Objects.requireNonNull(repository, "repository"),
                    digests,
                    Objects.requireNonNull(order, "order"),
                    environments);
        }
    }
}
