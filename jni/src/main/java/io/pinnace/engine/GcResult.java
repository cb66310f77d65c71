package io.pinnace.engine;

import java.util.List;

/** What was removed and kept, and the damage that was found. */
public record GcResult(
        String layout, long removedFiles, long removedBytes, long keptBlobs, long keptBytes, List<String> problems) {}
