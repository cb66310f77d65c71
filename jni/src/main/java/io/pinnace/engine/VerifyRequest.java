// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.List;
import java.util.Objects;

/**
 * Says whether an image is signed, or has all that a policy wants.
 *
 * @param store directory of the local store and cache
 * @param registries settings file (docs/formats/registries.md); null: the user's
 * @param image reference
 * @param keys files with public keys (PEM); null with a policy
 * @param need how many of these keys must have signed it: all, any or a number
 * @param policy file with a policy (docs/formats/policy.md); null with keys
 * @param environments file for env: names; null: none
 */
public record VerifyRequest(
        String store,
        String registries,
        String image,
        List<String> keys,
        String need,
        String policy,
        String environments)
        implements Request<VerifyResult> {
    @Override
    public String job() {
        return "verify";
    }

    @Override
    public Class<VerifyResult> resultType() {
        return VerifyResult.class;
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
        private List<String> keys = List.of();
        private String need;
        private String policy;
        private String environments;

        private Builder() {}

        /** Reference. */
        public Builder image(String image) {
            this.image = image;
            return this;
        }

        /** Files with public keys (PEM); null with a policy. */
        public Builder keys(List<String> keys) {
            this.keys = keys;
            return this;
        }

        /** How many of these keys must have signed it: all, any or a number. */
        public Builder need(String need) {
            this.need = need;
            return this;
        }

        /** File with a policy (docs/formats/policy.md); null with keys. */
        public Builder policy(String policy) {
            this.policy = policy;
            return this;
        }

        /** File for env: names; null: none. */
        public Builder environments(String environments) {
            this.environments = environments;
            return this;
        }

        public VerifyRequest build() {
            return new VerifyRequest(
                    Objects.requireNonNull(store, "store"),
                    registries,
                    Objects.requireNonNull(image, "image"),
                    keys,
                    Objects.requireNonNull(need, "need"),
                    policy,
                    environments);
        }
    }
}
