// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

/**
 * How a container ended.
 *
 * @param digest of the image's manifest
 * @param exitCode of its program; 128 and more: ended by a signal; 127: it is not there; 126: it can't be executed
 */
public record RunResult(String digest, int exitCode) {}
