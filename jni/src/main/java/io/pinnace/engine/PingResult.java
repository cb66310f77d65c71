// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

/**
 * The registry is there.
 *
 * @param registry as it was asked for
 * @param url what was asked
 */
public record PingResult(String registry, String url) {}
