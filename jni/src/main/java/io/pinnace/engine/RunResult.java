package io.pinnace.engine;

/**
 * How a container ended.
 *
 * @param digest of the image's manifest
 * @param exitCode of its program; 128 and more: ended by a signal
 */
public record RunResult(String digest, int exitCode) {}
