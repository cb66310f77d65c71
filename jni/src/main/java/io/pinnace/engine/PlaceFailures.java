package io.pinnace.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Why each of the places tried for a native file would not do, for the one message at the end. */
final class PlaceFailures {
    private final String subject;
    private final List<String> reasons = new ArrayList<>();

    PlaceFailures(Platform platform, String version) {
        subject = "Pinnace " + version + " on " + platform + ": ";
    }

    /** Returns false, for who tries the next place. */
    boolean add(Path place, String reason) {
        reasons.add(place + ": " + reason);
        return false;
    }

    String last() {
        return reasons.get(reasons.size() - 1);
    }

    EngineException unsupported(String what) {
        String text = subject + what;
        return new EngineException(
                ErrorCode.UNSUPPORTED, reasons.isEmpty() ? text : text + "; " + String.join("; ", reasons));
    }
}
