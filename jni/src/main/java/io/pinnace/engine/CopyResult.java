package io.pinnace.engine;

/**
 * What a copy did, in blobs, bytes and manifests.
 *
 * @param replaced digest that the tag led to before; null if it led nowhere, or to this image
 */
public record CopyResult(
        String digest,
        String mediaType,
        long size,
        String replaced,
        long blobsExisted,
        long blobsMounted,
        long blobsSent,
        long bytesSent,
        long manifestsSent) {}
