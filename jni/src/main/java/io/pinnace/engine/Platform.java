package io.pinnace.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What a native library must be made for.
 *
 * @param os "linux"
 * @param architecture "x86_64", "aarch64", else as the JVM calls it
 * @param libc "glibc", "musl" or "unknown": the one that this process runs with
 */
record Platform(String os, String architecture, String libc) {
    static Platform current() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"), Path.of("/proc/self/maps"));
    }

    /** {@code maps}: the files that the process has mapped; release files may tell of another libc. */
    static Platform of(String osName, String osArch, Path maps) {
        String architecture =
                switch (osArch) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64", "arm64" -> "aarch64";
                    default -> osArch;
                };
        return new Platform(osName.toLowerCase(Locale.ROOT), architecture, libc(maps));
    }

    private static String libc(Path maps) {
        try (Stream<String> lines = Files.lines(maps)) {
            return lines.map(line -> line.substring(line.lastIndexOf('/') + 1))
                    .map(Platform::libcOf)
                    .filter(libc -> libc != null)
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException | RuntimeException e) {
            return "unknown";
        }
    }

    private static String libcOf(String file) {
        if (file.startsWith("ld-musl-") || file.startsWith("libc.musl-")) {
            return "musl";
        }
        return file.startsWith("libc.so.6") || file.startsWith("libc-2.") ? "glibc" : null;
    }

    /** Where its library is, below "native/". Where the libc is not known, glibc is tried. */
    String directory() {
        return os + "-" + architecture + (libc.equals("musl") ? "-musl" : "");
    }

    @Override
    public String toString() {
        return os + " " + architecture + ", libc " + libc;
    }
}
