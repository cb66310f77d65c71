// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

/**
 * How containers run.
 *
 * @param executable of pinnace, which a JVM needs for containers; null: this process's
 * @param runtime name or path of an OCI runtime; null: the first of crun and runc that works
 * @param network what they reach: the outside but not this machine, nothing, or what it reaches; null: default
 * @param hostRoot whether their root is root of the host, if the job runs as root
 * @param processes at most so many in one; null: no limit
 * @param memory bytes that one may have; null: no limit
 * @param milliCpus thousandths of a processor that one may have; null: no limit
 */
public record Sandbox(
        String executable,
        String runtime,
        String network,
        boolean hostRoot,
        Integer processes,
        Long memory,
        Integer milliCpus) {
    public static Builder builder() {
        return new Builder();
    }

    public static final class Builder {
        private String executable;
        private String runtime;
        private String network;
        private boolean hostRoot = false;
        private Integer processes;
        private Long memory;
        private Integer milliCpus;

        private Builder() {}

        /** Of pinnace, which a JVM needs for containers; null: this process's. */
        public Builder executable(String executable) {
            this.executable = executable;
            return this;
        }

        /** Name or path of an OCI runtime; null: the first of crun and runc that works. */
        public Builder runtime(String runtime) {
            this.runtime = runtime;
            return this;
        }

        /** What they reach: the outside but not this machine, nothing, or what it reaches; null: default. */
        public Builder network(String network) {
            this.network = network;
            return this;
        }

        /** Whether their root is root of the host, if the job runs as root. */
        public Builder hostRoot(boolean hostRoot) {
            this.hostRoot = hostRoot;
            return this;
        }

        /** At most so many in one; null: no limit. */
        public Builder processes(Integer processes) {
            this.processes = processes;
            return this;
        }

        /** Bytes that one may have; null: no limit. */
        public Builder memory(Long memory) {
            this.memory = memory;
            return this;
        }

        /** Thousandths of a processor that one may have; null: no limit. */
        public Builder milliCpus(Integer milliCpus) {
            this.milliCpus = milliCpus;
            return this;
        }

        public Sandbox build() {
            return new Sandbox(
                    executable,
                    runtime,
                    network,
                    hostRoot,
                    processes,
                    memory,
                    milliCpus);
        }
    }
}
