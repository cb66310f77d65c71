package io.pinnace.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Tells why a file can't be loaded or started from where it lies. */
final class MountOptions {
    private MountOptions() {}

    /** Whether the file system of {@code file} is mounted noexec; false if that can't be told. */
    static boolean areNoexec(Path file) {
        try {
            return areNoexec(file.toRealPath(), Files.readAllLines(Path.of("/proc/self/mountinfo")));
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    /** What to add to a message about a file that can't be loaded or started; often empty. */
    static String hint(Path file) {
        return areNoexec(file) ? " (the file system is mounted noexec)" : "";
    }

    /** {@code mountInfo}: lines as proc(5) describes them. */
    static boolean areNoexec(Path file, List<String> mountInfo) {
        Path longest = null;
        boolean noexec = false;
        for (String line : mountInfo) {
            String[] fields = line.split(" ");
            Path point = Path.of(fields[4].replace("\\040", " "));
            // Of equal ones the last is on top.
            if (file.startsWith(point) && (longest == null || point.startsWith(longest))) {
                longest = point;
                noexec = Arrays.asList(fields[5].split(",")).contains("noexec");
            }
        }
        return noexec;
    }
}
