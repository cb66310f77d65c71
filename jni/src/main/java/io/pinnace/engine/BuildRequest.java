// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Builds an image from a definition (a pinnace.yaml or a Containerfile), and pushes it while it is made.
 *
 * @param store directory of the local store and cache
 * @param registries settings file (docs/formats/registries.md); null: the user's
 * @param definition file
 * @param context directory of what the image gets; null: the definition's
 * @param lock file; null: pinnace.lock.json beside the definition
 * @param locked whether what the lock does not pin is refused
 * @param plan whether it is only said what would be built
 * @param check whether a Containerfile is only looked over
 * @param target stage of a Containerfile; null: the last one
 * @param buildArgs for the ARGs of a Containerfile
 * @param platforms only these; empty: what the definition says
 * @param tags where the image goes; empty: the local store
 * @param labels added to the image's
 * @param compression null: the definition's, else gzip
 * @param sourceDateEpoch seconds: the timestamps in the image; null: 0
 * @param threads so many that compress; null: the cores
 * @param noCache whether nothing is taken over from earlier builds
 * @param cacheFrom caches that other builds wrote. Who can write one decides what is in the image
 * @param cacheTo where this build's steps are written, too; null: nowhere
 * @param cacheSize bytes that the machine's own cache may have; null: 10 GiB
 * @param verifyReproducible whether it is built twice without cache, which fails with the first difference
 * @param sbom whether an SBOM is attached to the image in registries and layouts
 * @param provenance whether it is attached there by whom and of what the image was made
 * @param invocation the job of a build server that this is, for the provenance; null: none
 * @param contextModes keep: modes of the context's files as they are on disk; null or normalize: what a umask may have
 *     caused is taken back
 * @param environments file with environments, into which nothing is written where they have rules; null: none
 * @param metadata file to which the caller writes the result: no part of the context; null: none
 * @param secrets for RUN --mount=type=secret: id to file:PATH or env:NAME
 * @param sshAgents for RUN --mount=type=ssh: id to the path of an agent's socket
 * @param sandbox how RUN runs; null: the defaults
 * @param loopback which servers on this machine's loopback ADD may ask; null or named: those that registries.yaml
 *     names, all: all
 */
public record BuildRequest(
        String store,
        String registries,
        String definition,
        String context,
        String lock,
        boolean locked,
        boolean plan,
        boolean check,
        String target,
        Map<String, String> buildArgs,
        List<String> platforms,
        List<String> tags,
        Map<String, String> labels,
        String compression,
        Long sourceDateEpoch,
        Integer threads,
        boolean noCache,
        List<String> cacheFrom,
        String cacheTo,
        Long cacheSize,
        boolean verifyReproducible,
        boolean sbom,
        boolean provenance,
        Invocation invocation,
        String contextModes,
        String environments,
        String metadata,
        Map<String, String> secrets,
        Map<String, String> sshAgents,
        Sandbox sandbox,
        String loopback)
        implements Request<BuildResult> {
    @Override
    public String job() {
        return "build";
    }

    @Override
    public Class<BuildResult> resultType() {
        return BuildResult.class;
    }

    @Override
    public boolean startsContainers() {
        return true;
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
        private String definition;
        private String context;
        private String lock;
        private boolean locked = false;
        private boolean plan = false;
        private boolean check = false;
        private String target;
        private Map<String, String> buildArgs = Map.of();
        private List<String> platforms = List.of();
        private List<String> tags = List.of();
        private Map<String, String> labels = Map.of();
        private String compression;
        private Long sourceDateEpoch;
        private Integer threads;
        private boolean noCache = false;
        private List<String> cacheFrom = List.of();
        private String cacheTo;
        private Long cacheSize;
        private boolean verifyReproducible = false;
        private boolean sbom = true;
        private boolean provenance = true;
        private Invocation invocation;
        private String contextModes;
        private String environments;
        private String metadata;
        private Map<String, String> secrets = Map.of();
        private Map<String, String> sshAgents = Map.of();
        private Sandbox sandbox;
        private String loopback;

        private Builder() {}

        /** File. */
        public Builder definition(String definition) {
            this.definition = definition;
            return this;
        }

        /** Directory of what the image gets; null: the definition's. */
        public Builder context(String context) {
            this.context = context;
            return this;
        }

        /** File; null: pinnace.lock.json beside the definition. */
        public Builder lock(String lock) {
            this.lock = lock;
            return this;
        }

        /** Whether what the lock does not pin is refused. */
        public Builder locked(boolean locked) {
            this.locked = locked;
            return this;
        }

        /** Whether it is only said what would be built. */
        public Builder plan(boolean plan) {
            this.plan = plan;
            return this;
        }

        /** Whether a Containerfile is only looked over. */
        public Builder check(boolean check) {
            this.check = check;
            return this;
        }

        /** Stage of a Containerfile; null: the last one. */
        public Builder target(String target) {
            this.target = target;
            return this;
        }

        /** For the ARGs of a Containerfile. */
        public Builder buildArgs(Map<String, String> buildArgs) {
            this.buildArgs = buildArgs;
            return this;
        }

        /** Only these; empty: what the definition says. */
        public Builder platforms(List<String> platforms) {
            this.platforms = platforms;
            return this;
        }

        /** Where the image goes; empty: the local store. */
        public Builder tags(List<String> tags) {
            this.tags = tags;
            return this;
        }

        /** Added to the image's. */
        public Builder labels(Map<String, String> labels) {
            this.labels = labels;
            return this;
        }

        /** Null: the definition's, else gzip. */
        public Builder compression(String compression) {
            this.compression = compression;
            return this;
        }

        /** Seconds: the timestamps in the image; null: 0. */
        public Builder sourceDateEpoch(Long sourceDateEpoch) {
            this.sourceDateEpoch = sourceDateEpoch;
            return this;
        }

        /** So many that compress; null: the cores. */
        public Builder threads(Integer threads) {
            this.threads = threads;
            return this;
        }

        /** Whether nothing is taken over from earlier builds. */
        public Builder noCache(boolean noCache) {
            this.noCache = noCache;
            return this;
        }

        /** Caches that other builds wrote. Who can write one decides what is in the image. */
        public Builder cacheFrom(List<String> cacheFrom) {
            this.cacheFrom = cacheFrom;
            return this;
        }

        /** Where this build's steps are written, too; null: nowhere. */
        public Builder cacheTo(String cacheTo) {
            this.cacheTo = cacheTo;
            return this;
        }

        /** Bytes that the machine's own cache may have; null: 10 GiB. */
        public Builder cacheSize(Long cacheSize) {
            this.cacheSize = cacheSize;
            return this;
        }

        /** Whether it is built twice without cache, which fails with the first difference. */
        public Builder verifyReproducible(boolean verifyReproducible) {
            this.verifyReproducible = verifyReproducible;
            return this;
        }

        /** Whether an SBOM is attached to the image in registries and layouts. */
        public Builder sbom(boolean sbom) {
            this.sbom = sbom;
            return this;
        }

        /** Whether it is attached there by whom and of what the image was made. */
        public Builder provenance(boolean provenance) {
            this.provenance = provenance;
            return this;
        }

        /** The job of a build server that this is, for the provenance; null: none. */
        public Builder invocation(Invocation invocation) {
            this.invocation = invocation;
            return this;
        }

        /**
         * keep: modes of the context's files as they are on disk; null or normalize: what a umask may have caused is
         * taken back.
         */
        public Builder contextModes(String contextModes) {
            this.contextModes = contextModes;
            return this;
        }

        /** File with environments, into which nothing is written where they have rules; null: none. */
        public Builder environments(String environments) {
            this.environments = environments;
            return this;
        }

        /** File to which the caller writes the result: no part of the context; null: none. */
        public Builder metadata(String metadata) {
            this.metadata = metadata;
            return this;
        }

        /** For RUN --mount=type=secret: id to file:PATH or env:NAME. */
        public Builder secrets(Map<String, String> secrets) {
            this.secrets = secrets;
            return this;
        }

        /** For RUN --mount=type=ssh: id to the path of an agent's socket. */
        public Builder sshAgents(Map<String, String> sshAgents) {
            this.sshAgents = sshAgents;
            return this;
        }

        /** How RUN runs; null: the defaults. */
        public Builder sandbox(Sandbox sandbox) {
            this.sandbox = sandbox;
            return this;
        }

        /**
         * Which servers on this machine's loopback ADD may ask; null or named: those that registries.yaml names, all:
         * all.
         */
        public Builder loopback(String loopback) {
            this.loopback = loopback;
            return this;
        }

        public BuildRequest build() {
            return new BuildRequest(
                    Objects.requireNonNull(store, "store"),
                    registries,
                    Objects.requireNonNull(definition, "definition"),
                    context,
                    lock,
                    locked,
                    plan,
                    check,
                    target,
                    buildArgs,
                    platforms,
                    tags,
                    labels,
                    compression,
                    sourceDateEpoch,
                    threads,
                    noCache,
                    cacheFrom,
                    cacheTo,
                    cacheSize,
                    verifyReproducible,
                    sbom,
                    provenance,
                    invocation,
                    contextModes,
                    environments,
                    metadata,
                    secrets,
                    sshAgents,
                    sandbox,
                    loopback);
        }
    }
    /**
     * A build of a job of a build server; empty: not said.
     *
     * @param builder URI of the server
     * @param job its name
     * @param build number of the build
     * @param url of the build
     */
    public record Invocation(String builder, String job, String build, String url) {}
}
