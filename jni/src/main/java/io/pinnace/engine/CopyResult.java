// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

/**
 * What a copy did.
 *
 * @param digest of the index or manifest
 * @param mediaType of the same
 * @param size bytes of the same
 * @param replaced digest that the tag led to before; null if it led nowhere, or to this image
 * @param blobsExisted blobs that were there
 * @param blobsMounted blobs that the registry took from another repository of its own
 * @param blobsSent blobs that were sent
 * @param bytesSent bytes of these
 * @param manifestsSent manifests that were sent
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
