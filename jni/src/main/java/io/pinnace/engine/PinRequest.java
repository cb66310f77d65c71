// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.List;
import java.util.Objects;

/**
 * Fixes every outside input of definitions by digest, in their locks.
 *
 * @param store directory of the local store and cache
 * @param registries settings file (docs/formats/registries.md); null: the user's
 * @param definitions files
 * @param check whether nothing is written
 * @param update whether what is pinned is resolved again: all, or names only
 * @param names of inputs that are resolved again; empty: all
 * @param environments file that says what env: names mean; null: the one that a definition names
 */
public record PinRequest(
        String store,
        String registries,
        List<String> definitions,
        boolean check,
        boolean update,
        List<String> names,
        String environments)
        implements Request<PinResult> {
    @Override
    public String job() {
        return "pin";
    }

    @Override
    public Class<PinResult> resultType() {
        return PinResult.class;
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
        private List<String> definitions = List.of();
        private boolean check = false;
        private boolean update = false;
        private List<String> names = List.of();
        private String environments;

        private Builder() {}

        /** Files. */
        public Builder definitions(List<String> definitions) {
            this.definitions = definitions;
            return this;
        }

        /** Whether nothing is written. */
        public Builder check(boolean check) {
            this.check = check;
            return this;
        }

        /** Whether what is pinned is resolved again: all, or names only. */
        public Builder update(boolean update) {
            this.update = update;
            return this;
        }

        /** Of inputs that are resolved again; empty: all. */
        public Builder names(List<String> names) {
            this.names = names;
            return this;
        }

        /** File that says what env: names mean; null: the one that a definition names. */
        public Builder environments(String environments) {
            this.environments = environments;
            return this;
        }

        public PinRequest build() {
            return new PinRequest(
                    Objects.requireNonNull(store, "store"),
                    registries,
                    definitions,
                    check,
                    update,
                    names,
                    environments);
        }
    }
}
