// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.Objects;

/**
 * Says what an image is made of, by whom, and what is not known of that.
 *
 * @param store directory of the local store and cache
 * @param registries settings file (docs/formats/registries.md); null: the user's
 * @param image reference
 * @param platform null: the machine's; of an image for one platform, that one
 * @param packageName where is this package from: "zlib1g", "zlib1g=1.2.13"; null: nobody asks
 * @param path where is this file from: "/usr/bin/x"; null: nobody asks
 * @param source directory of a git clone that may have the image's revision; null: none
 * @param environments file for env: names; null: none
 */
public record TraceRequest(
        String store,
        String registries,
        String image,
        String platform,
        String packageName,
        String path,
        String source,
        String environments)
        implements Request<TraceResult> {
    @Override
    public String job() {
        return "trace";
    }

    @Override
    public Class<TraceResult> resultType() {
        return TraceResult.class;
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
        private String packageName;
        private String path;
        private String source;
        private String environments;

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

        /** Where is this package from: "zlib1g", "zlib1g=1.2.13"; null: nobody asks. */
        public Builder packageName(String packageName) {
            this.packageName = packageName;
            return this;
        }

        /** Where is this file from: "/usr/bin/x"; null: nobody asks. */
        public Builder path(String path) {
            this.path = path;
            return this;
        }

        /** Directory of a git clone that may have the image's revision; null: none. */
        public Builder source(String source) {
            this.source = source;
            return this;
        }

        /** File for env: names; null: none. */
        public Builder environments(String environments) {
            this.environments = environments;
            return this;
        }

        public TraceRequest build() {
            return new TraceRequest(
                    Objects.requireNonNull(store, "store"),
                    registries,
                    Objects.requireNonNull(image, "image"),
                    platform,
                    packageName,
                    path,
                    source,
                    environments);
        }
    }
}
