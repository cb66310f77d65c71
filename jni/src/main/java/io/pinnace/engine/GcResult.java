// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.List;

/**
 * What was removed and kept, and the damage that was found.
 *
 * @param layout directory
 * @param removedFiles so many
 * @param removedBytes in these
 * @param keptBlobs of images
 * @param keptBytes in all that stays
 * @param problems damage, a line each
 * @param cache of the build cache; null where a layout was named
 * @param parts of the local store; empty where a layout was named
 */
public record GcResult(
        String layout,
        long removedFiles,
        long removedBytes,
        long keptBlobs,
        long keptBytes,
        List<String> problems,
        Cache cache,
        List<Part> parts) {
    /**
     * What the build cache lost and kept.
     *
     * @param removedRecords steps that were removed
     * @param removedLayers layers that were removed
     * @param removedBytes bytes that were removed
     * @param keptBytes bytes that stay
     */
    public record Cache(long removedRecords, long removedLayers, long removedBytes, long keptBytes) {}

    /**
     * What a part of the local store lost and kept.
     *
     * @param name for people
     * @param removedBytes bytes that were removed
     * @param keptBytes bytes that stay
     */
    public record Part(String name, long removedBytes, long keptBytes) {}
}
