package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The libraries in the jar, as files: they need nothing but libc, and show nothing but the JNI entries. */
class LibraryFileTest {
    private static final Pattern LIBC =
            Pattern.compile("(libc|libm|libdl|libpthread|librt)\\.so\\.\\d|ld-linux.*\\.so\\.\\d");

    static List<Path> libraries() throws Exception {
        Path classes = Path.of(Engine.class.getResource("engine.properties").toURI());
        try (Stream<Path> files = Files.walk(classes.resolveSibling("native"))) {
            return files.filter(file -> file.toString().endsWith(".so")).toList();
        }
    }

    /** What follows {@code marker} on the lines of a tool's output that have it. */
    private static List<String> lines(Pattern marker, String... command) throws IOException {
        Process process = new ProcessBuilder(command).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return marker.matcher(text).results().map(found -> found.group(1)).toList();
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void needNothingButLibc(Path library) throws Exception {
        Pattern needed = Pattern.compile("\\(NEEDED\\).*\\[(.*)\\]");
        List<String> names = lines(needed, "readelf", "-d", library.toString());
        assumeFalse(names.stream().anyMatch(name -> name.contains("asan")), "built with a sanitizer");
        assertTrue(names.contains("libc.so.6"), names::toString);
        assertTrue(names.stream().allMatch(name -> LIBC.matcher(name).matches()), names::toString);
        assertEquals(List.of(), lines(Pattern.compile("(RPATH|RUNPATH|TEXTREL)"), "readelf", "-d", library.toString()));
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void showNothingButTheEntries(Path library) throws Exception {
        Pattern name = Pattern.compile("(?m)^\\S+ [A-Za-z] (.*)$");
        List<String> shown = lines(name, "nm", "-D", "--defined-only", library.toString());
        assertEquals(
                List.of("cancel", "close", "open", "run", "version"),
                shown.stream()
                        .map(symbol -> symbol.replace("Java_io_pinnace_engine_NativeLibrary_", ""))
                        .sorted()
                        .toList());
        assertFalse(shown.isEmpty());
    }
}
