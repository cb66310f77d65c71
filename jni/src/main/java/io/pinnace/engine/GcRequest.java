// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.Objects;

/**
 * Removes what nothing needs from the local store or a layout.
 *
 * @param store directory of the local store and cache
 * @param registries settings file (docs/formats/registries.md); null: the user's
 * @param layout oci:DIR; null: the local store
 * @param cacheSize bytes that the local store's build cache may have; null: 10 GiB
 * @param olderThan seconds: what was not used for so long goes from the local store; null: only unpacked layers, after
 *     two weeks
 * @param all whether everything goes from the local store that no job is using
 */
public record GcRequest(
        String store,
        String registries,
        String layout,
        Long cacheSize,
        Integer olderThan,
        boolean all)
        implements Request<GcResult> {
    @Override
    public String job() {
        return "gc";
    }

    @Override
    public Class<GcResult> resultType() {
        return GcResult.class;
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
        private String layout;
        private Long cacheSize;
        private Integer olderThan;
        private boolean all = false;

        private Builder() {}

        /** oci:DIR; null: the local store. */
        public Builder layout(String layout) {
            this.layout = layout;
            return this;
        }

        /** Bytes that the local store's build cache may have; null: 10 GiB. */
        public Builder cacheSize(Long cacheSize) {
            this.cacheSize = cacheSize;
            return this;
        }

        /**
         * Seconds: what was not used for so long goes from the local store; null: only unpacked layers, after two
         * weeks.
         */
        public Builder olderThan(Integer olderThan) {
            this.olderThan = olderThan;
            return this;
        }

        /** Whether everything goes from the local store that no job is using. */
        public Builder all(boolean all) {
            this.all = all;
            return this;
        }

        public GcRequest build() {
            return new GcRequest(
                    Objects.requireNonNull(store, "store"),
                    registries,
                    layout,
                    cacheSize,
                    olderThan,
                    all);
        }
    }
}
