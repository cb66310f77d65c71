// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.Objects;

/**
 * Asks a registry whether it is there and takes the credentials.
 *
 * @param store directory of the local store and cache
 * @param registries settings file (docs/formats/registries.md); null: the user's
 * @param registry host[:port], or host[:port]/path whose credentials are used
 */
public record PingRequest(
        String store,
        String registries,
        String registry)
        implements Request<PingResult> {
    @Override
    public String job() {
        return "ping";
    }

    @Override
    public Class<PingResult> resultType() {
        return PingResult.class;
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
        private String registry;

        private Builder() {}

        /** host[:port], or host[:port]/path whose credentials are used. */
        public Builder registry(String registry) {
            this.registry = registry;
            return this;
        }

        public PingRequest build() {
            return new PingRequest(
                    Objects.requireNonNull(store, "store"),
                    registries,
                    Objects.requireNonNull(registry, "registry"));
        }
    }
}
