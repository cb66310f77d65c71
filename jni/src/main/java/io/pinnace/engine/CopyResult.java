package io.pinnace.engine;

/** What a copy did, in blobs, bytes and manifests. */
public record CopyResult(
        String digest,
        String mediaType,
        long size,
        long blobsExisted,
        long blobsMounted,
        long blobsSent,
        long bytesSent,
        long manifestsSent) {}
