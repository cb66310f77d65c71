package io.pinnace.engine;

/**
 * How containers run: those of RUN, and those of a {@link RunRequest}.
 *
 * @param executable of pinnace, which a JVM needs for containers; null: this process, if it is pinnace
 * @param runtime name or path of an OCI runtime; null: the first that works
 * @param network "default", "none" or "host"; null: default
 * @param hostRoot whether root in a container is root of the host, if the job runs as root
 * @param processes at most so many in a container; null: no limit
 * @param memory bytes that a container may have; null: no limit
 * @param milliCpus thousandths of a processor that a container may have; null: no limit
 */
public record SandboxSettings(
        String executable,
        String runtime,
        String network,
        boolean hostRoot,
        Integer processes,
        Long memory,
        Long milliCpus) {}
