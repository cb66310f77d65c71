package io.jenkins.plugins.pinnace.text;

import java.util.Locale;

/** Bytes for people. */
public final class Sizes {
    private static final String[] UNITS = {"kB", "MB", "GB", "TB", "PB", "EB"};

    private Sizes() {}

    /** Powers of 1000, as registries show them. */
    public static String text(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double value = bytes / 1000.0;
        int unit = 0;
        while (value >= 999.95) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }
}
