package io.pinnace.engine;

import java.util.List;

/**
 * What was removed and kept, and the damage that was found.
 *
 * @param cache of the build cache; null where a layout was named
 * @param parts of the local store, each with what it lost and kept; empty where a layout was named
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
    /** What the build cache lost and kept. */
    public record Cache(long removedRecords, long removedLayers, long removedBytes, long keptBytes) {}

    /** A part of the local store, by its name. */
    public record Part(String name, long removedBytes, long keptBytes) {}
}
