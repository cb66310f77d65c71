package io.jenkins.plugins.pinnace.page;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.List;

/** Long names on pages. */
final class Digests {
    /** As Docker shows them. */
    private static final int DIGITS = 12;

    private static final int PIECE = 16;

    private Digests() {}

    /** "sha256:0123456789ab"; what is no digest stays as it is. */
    @CheckForNull
    static String shortened(@CheckForNull String digest) {
        int end = digest == null ? -1 : digest.indexOf(':') + 1 + DIGITS;
        return digest == null || !digest.contains(":") || end >= digest.length() ? digest : digest.substring(0, end);
    }

    /** A reference without its digest. */
    static String without(String reference) {
        return reference.replaceFirst("@.*", "");
    }

    /** A reference without its digest and tag: a port is before a slash. */
    static String repository(String reference) {
        return without(reference).replaceFirst(":[^:/]*$", "");
    }

    /** What a narrow page may break between. */
    static List<String> pieces(@CheckForNull String text) {
        List<String> pieces = new ArrayList<>();
        for (int start = 0; text != null && start < text.length(); start += PIECE) {
            pieces.add(text.substring(start, Math.min(text.length(), start + PIECE)));
        }
        return pieces;
    }
}
