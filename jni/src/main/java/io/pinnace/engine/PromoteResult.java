package io.pinnace.engine;

/**
 * Where an image is now.
 *
 * @param tag null if it has none
 * @param replaced digest that the tag led to before; null if it led nowhere, or to this image
 */
public record PromoteResult(
        String source,
        String target,
        String digest,
        String mediaType,
        String environment,
        String tag,
        String replaced,
        long bytesSent) {}
