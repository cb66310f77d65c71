package io.pinnace.engine;

import java.util.List;

/**
 * What was removed and kept, and the damage that was found.
 *
 * @param cache of the build cache; null where a layout was named
 */
public record GcResult(
        String layout,
        long removedFiles,
        long removedBytes,
        long keptBlobs,
        long keptBytes,
        List<String> problems,
        Cache cache) {
    /** What the build cache lost and kept. */
    public record Cache(long removedRecords, long removedLayers, long removedBytes, long keptBytes) {}
}
