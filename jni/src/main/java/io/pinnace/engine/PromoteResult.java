// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

/**
 * What was promoted, and where to.
 *
 * @param source the reference that was asked for
 * @param target reference in the environment, by digest
 * @param digest of the index or manifest
 * @param mediaType of the same
 * @param environment its name
 * @param tag in the environment; null for none
 * @param replaced digest that the tag led to before; null if it led nowhere, or to this image
 * @param bytesSent bytes of blobs that were sent
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
