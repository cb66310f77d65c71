package io.pinnace.engine;

/** Where an image is now; {@code tag} is null if it has none. */
public record PromoteResult(
        String source,
        String target,
        String digest,
        String mediaType,
        String environment,
        String tag,
        long bytesSent) {}
