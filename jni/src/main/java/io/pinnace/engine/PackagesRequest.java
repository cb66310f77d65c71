// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.Objects;

/**
 * Lists the packages of an image, and where each was found.
 *
 * @param store directory of the local store and cache
 * @param registries settings file (docs/formats/registries.md); null: the user's
 * @param image reference
 * @param platform null: the machine's; of an image for one platform, that one
 * @param environments file for env: names; null: none
 * @param document also as a document of this format; null: none
 */
public record PackagesRequest(
        String store,
        String registries,
        String image,
        String platform,
        String environments,
        String document)
        implements Request<PackagesResult> {
    @Override
    public String job() {
        return "packages";
    }

    @Override
    public Class<PackagesResult> resultType() {
        return PackagesResult.class;
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
        private String image;
        private String platform;
        private String environments;
        private String document;

        private Builder() {}

        /** Reference. */
        public Builder image(String image) {
            this.image = image;
            return this;
        }

        /** Null: the machine's; of an image for one platform, that one. */
        public Builder platform(String platform) {
            this.platform = platform;
            return this;
        }

        /** File for env: names; null: none. */
        public Builder environments(String environments) {
            this.environments = environments;
            return this;
        }

        /** Also as a document of this format; null: none. */
        public Builder document(String document) {
            this.document = document;
            return this;
        }

        public PackagesRequest build() {
            return new PackagesRequest(
                    Objects.requireNonNull(store, "store"),
                    registries,
                    Objects.requireNonNull(image, "image"),
                    platform,
                    environments,
                    document);
        }
    }
}
