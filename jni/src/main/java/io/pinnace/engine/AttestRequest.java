// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.List;
import java.util.Objects;

/**
 * Says something of an image, signed, beside it.
 *
 * @param store directory of the local store and cache
 * @param registries settings file (docs/formats/registries.md); null: the user's
 * @param image reference
 * @param key file with the private key (PEM); with keyCommand, with the public one
 * @param keyPassword of an encrypted key: file:PATH or env:NAME; null: none
 * @param keyCommand program that signs, with its arguments; null: the key does
 * @param format how the signature is kept
 * @param environments file for env: names; null: none
 * @param predicate file with what is said: a JSON object
 * @param type predicate type: a URI, or a short name of cosign's (spdxjson, cyclonedx, slsaprovenance1)
 */
public record AttestRequest(
        String store,
        String registries,
        String image,
        String key,
        String keyPassword,
        List<String> keyCommand,
        String format,
        String environments,
        String predicate,
        String type)
        implements Request<AttestResult> {
    @Override
    public String job() {
        return "attest";
    }

    @Override
    public Class<AttestResult> resultType() {
        return AttestResult.class;
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
        private String key;
        private String keyPassword;
        private List<String> keyCommand = List.of();
        private String format;
        private String environments;
        private String predicate;
        private String type;

        private Builder() {}

        /** Reference. */
        public Builder image(String image) {
            this.image = image;
            return this;
        }

        /** File with the private key (PEM); with keyCommand, with the public one. */
        public Builder key(String key) {
            this.key = key;
            return this;
        }

        /** Of an encrypted key: file:PATH or env:NAME; null: none. */
        public Builder keyPassword(String keyPassword) {
            this.keyPassword = keyPassword;
            return this;
        }

        /** Program that signs, with its arguments; null: the key does. */
        public Builder keyCommand(List<String> keyCommand) {
            this.keyCommand = keyCommand;
            return this;
        }

        /** How the signature is kept. */
        public Builder format(String format) {
            this.format = format;
            return this;
        }

        /** File for env: names; null: none. */
        public Builder environments(String environments) {
            this.environments = environments;
            return this;
        }

        /** File with what is said: a JSON object. */
        public Builder predicate(String predicate) {
            this.predicate = predicate;
            return this;
        }

        /** Predicate type: a URI, or a short name of cosign's (spdxjson, cyclonedx, slsaprovenance1). */
        public Builder type(String type) {
            this.type = type;
            return this;
        }

        public AttestRequest build() {
            return new AttestRequest(
                    Objects.requireNonNull(store, "store"),
                    registries,
                    Objects.requireNonNull(image, "image"),
                    Objects.requireNonNull(key, "key"),
                    keyPassword,
                    keyCommand,
                    Objects.requireNonNull(format, "format"),
                    environments,
                    Objects.requireNonNull(predicate, "predicate"),
                    Objects.requireNonNull(type, "type"));
        }
    }
}
