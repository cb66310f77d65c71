// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Runs a container of an image until it ends, or the job is cancelled, which leaves nothing of it.
 *
 * @param store directory of the local store and cache
 * @param registries settings file (docs/formats/registries.md); null: the user's
 * @param image reference
 * @param platform null: the machine's
 * @param command instead of the image's; empty: the image's
 * @param environment variables, beside the image's
 * @param user USER[:GROUP]; null: the image's
 * @param directory where it starts, absolute; null: the image's
 * @param ports [ADDRESS:][HOST:]CONTAINER[/udp]; without HOST any free port of 127.0.0.1
 * @param volumes /HOST/PATH:/CONTAINER/PATH[:ro]
 * @param waitHttp ready when this URL answers 2xx; :PORT/path is where that port was published; null: no wait
 * @param waitPort ready when something in the container listens there; null: no wait
 * @param waitSeconds after which the wait is given up; null: 60
 * @param stopSeconds when the job is cancelled, the container gets the image's stop signal and so much time to end;
 *     null or 0: it is killed at once
 * @param environments file for env: names; null: none
 * @param sandbox null: the defaults
 */
public record RunRequest(
        String store,
        String registries,
        String image,
        String platform,
        List<String> command,
        Map<String, String> environment,
        String user,
        String directory,
        List<String> ports,
        List<String> volumes,
        String waitHttp,
        Integer waitPort,
        Integer waitSeconds,
        Integer stopSeconds,
        String environments,
        Sandbox sandbox)
        implements Request<RunResult> {
    @Override
    public String job() {
        return "run";
    }

    @Override
    public Class<RunResult> resultType() {
        return RunResult.class;
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
        private String image;
        private String platform;
        private List<String> command = List.of();
        private Map<String, String> environment = Map.of();
        private String user;
        private String directory;
        private List<String> ports = List.of();
        private List<String> volumes = List.of();
        private String waitHttp;
        private Integer waitPort;
        private Integer waitSeconds;
        private Integer stopSeconds;
        private String environments;
        private Sandbox sandbox;

        private Builder() {}

        /** Reference. */
        public Builder image(String image) {
            this.image = image;
            return this;
        }

        /** Null: the machine's. */
        public Builder platform(String platform) {
            this.platform = platform;
            return this;
        }

        /** Instead of the image's; empty: the image's. */
        public Builder command(List<String> command) {
            this.command = command;
            return this;
        }

        /** Variables, beside the image's. */
        public Builder environment(Map<String, String> environment) {
            this.environment = environment;
            return this;
        }

        /** USER[:GROUP]; null: the image's. */
        public Builder user(String user) {
            this.user = user;
            return this;
        }

        /** Where it starts, absolute; null: the image's. */
        public Builder directory(String directory) {
            this.directory = directory;
            return this;
        }

        /** [ADDRESS:][HOST:]CONTAINER[/udp]; without HOST any free port of 127.0.0.1. */
        public Builder ports(List<String> ports) {
            this.ports = ports;
            return this;
        }

        /** /HOST/PATH:/CONTAINER/PATH[:ro]. */
        public Builder volumes(List<String> volumes) {
            this.volumes = volumes;
            return this;
        }

        /** Ready when this URL answers 2xx; :PORT/path is where that port was published; null: no wait. */
        public Builder waitHttp(String waitHttp) {
            this.waitHttp = waitHttp;
            return this;
        }

        /** Ready when something in the container listens there; null: no wait. */
        public Builder waitPort(Integer waitPort) {
            this.waitPort = waitPort;
            return this;
        }

        /** After which the wait is given up; null: 60. */
        public Builder waitSeconds(Integer waitSeconds) {
            this.waitSeconds = waitSeconds;
            return this;
        }

        /**
         * When the job is cancelled, the container gets the image's stop signal and so much time to end; null or 0: it
         * is killed at once.
         */
        public Builder stopSeconds(Integer stopSeconds) {
            this.stopSeconds = stopSeconds;
            return this;
        }

        /** File for env: names; null: none. */
        public Builder environments(String environments) {
            this.environments = environments;
            return this;
        }

        /** Null: the defaults. */
        public Builder sandbox(Sandbox sandbox) {
            this.sandbox = sandbox;
            return this;
        }

        public RunRequest build() {
            return new RunRequest(
                    Objects.requireNonNull(store, "store"),
                    registries,
                    Objects.requireNonNull(image, "image"),
                    platform,
                    command,
                    environment,
                    user,
                    directory,
                    ports,
                    volumes,
                    waitHttp,
                    waitPort,
                    waitSeconds,
                    stopSeconds,
                    environments,
                    sandbox);
        }
    }
}
