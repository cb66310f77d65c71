package io.pinnace.engine;

/** The registry that answered, and at which URL. */
public record PingResult(String registry, String url) {}
