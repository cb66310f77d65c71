package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the library is loaded from, by class loaders of their own. */
class NativeLoaderTest {
    @TempDir
    Path directory;

    /** What a class loader's JniEngine says. */
    private static String load(IsolatedClasses classes, Path override, Path... directories) throws Exception {
        Class<?> places = classes.load("LibraryPlaces");
        Object where = places.getConstructor(Path.class, List.class).newInstance(override, List.of(directories));
        Object engine = invoke(classes.load("JniEngine").getMethod("load", places), null, where);
        return (String) invoke(engine.getClass().getMethod("version"), engine);
    }

    private static Object invoke(Method method, Object on, Object... arguments) throws Exception {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw (Exception) e.getCause();
        }
    }

    private String failure(IsolatedClasses classes, Path override, Path... directories) {
        Exception failure = assertThrows(Exception.class, () -> load(classes, override, directories));
        assertEquals("EngineException", failure.getClass().getSimpleName(), failure.toString());
        String text = failure.getMessage();
        assertTrue(text.contains("Pinnace 0.1.0 on linux " + Platform.current().architecture() + ", libc glibc"), text);
        return text;
    }

    private static List<String> filesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static List<String> mapped() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains("libpinnace_jni"))
                    .map(line -> line.replaceAll(".* /", "/"))
                    .distinct()
                    .toList();
        }
    }

    @Test
    void theCacheHasOneFileByHashAndIsUsedAgain() throws Exception {
        Path cache = directory.resolve("made/cache");
        assertEquals("0.1.0", load(new IsolatedClasses(Map.of()), null, cache));
        List<String> files = filesIn(cache);
        assertEquals(1, files.size());
        assertTrue(files.get(0).matches("libpinnace_jni-[0-9a-f]{32}\\.so"), files::toString);
        var time = Files.getLastModifiedTime(cache.resolve(files.get(0)));
        assertEquals("0.1.0", load(new IsolatedClasses(Map.of()), null, cache), "another class loader");
        assertEquals(files, filesIn(cache));
        assertEquals(time, Files.getLastModifiedTime(cache.resolve(files.get(0))));
    }

    @Test
    void aCacheFileThatIsDamagedIsReplaced() throws Exception {
        Path cache = Files.createDirectories(directory.resolve("cache"));
        load(new IsolatedClasses(Map.of()), null, cache);
        Path file = cache.resolve(filesIn(cache).get(0));
        Path other = Files.createDirectories(directory.resolve("other")).resolve(file.getFileName());
        Files.writeString(other, "cut off");
        assertEquals("0.1.0", load(new IsolatedClasses(Map.of()), null, other.getParent()));
        assertEquals(Files.size(file), Files.size(other));
    }

    @Test
    void placesThatWillNotDoArePassedOverAndNamed() throws Exception {
        Path noDirectory = Files.writeString(directory.resolve("file"), "").resolve("below");
        Path readOnly = Path.of("/proc/self");
        assertEquals("0.1.0", load(new IsolatedClasses(Map.of()), null, noDirectory, readOnly, directory));

        String temporary = System.setProperty("java.io.tmpdir", "/proc/sys");
        try {
            String text = failure(new IsolatedClasses(Map.of()), null, noDirectory, readOnly);
            for (Path place : List.of(noDirectory, readOnly, Path.of("/proc/sys"))) {
                assertTrue(text.contains("; " + place + ": "), text);
            }
        } finally {
            System.setProperty("java.io.tmpdir", temporary);
        }
    }

    @Test
    void noexecIsPassedOverAndNamed() throws Exception {
        Path shared = Files.createTempDirectory(Path.of("/dev/shm"), "pinnace-test-");
        try {
            assumeTrue(MountOptions.areNoexec(shared), "/dev/shm is not mounted noexec here");
            String temporary = System.setProperty("java.io.tmpdir", shared.toString());
            try {
                String text = failure(new IsolatedClasses(Map.of()), null, shared);
                assertTrue(text.contains("noexec"), text);
            } finally {
                System.setProperty("java.io.tmpdir", temporary);
            }
            assertEquals("0.1.0", load(new IsolatedClasses(Map.of()), null, shared, directory));
        } finally {
            BundledFile.delete(shared);
        }
    }

    @Test
    void theOverrideIsTakenOrNothing() throws Exception {
        Path cache = directory.resolve("cache");
        load(new IsolatedClasses(Map.of()), null, cache);
        Path library = cache.resolve(filesIn(cache).get(0));
        Path mine = Files.copy(library, directory.resolve("mine.so"));
        assertEquals("0.1.0", load(new IsolatedClasses(Map.of()), mine, directory.resolve("unused")));
        assertFalse(Files.exists(directory.resolve("unused")));
        Path second = directory.resolve("second");
        assertEquals("0.1.0", load(new IsolatedClasses(Map.of()), mine, second), "another class loader");
        assertEquals(List.of(), filesIn(second), "its own copy is gone");

        byte[] otherMachine = Files.readAllBytes(library);
        otherMachine[18] = 22; // e_machine: s390
        Path broken = Files.write(directory.resolve("broken.so"), otherMachine);
        assertTrue(failure(new IsolatedClasses(Map.of()), broken, cache).contains(broken + ": "));
        Path missing = directory.resolve("missing.so");
        assertTrue(failure(new IsolatedClasses(Map.of()), missing, cache).contains(missing + ": "));
        Path foreign = Files.copy(
                Path.of(System.getProperty("java.home"), "lib/libextnet.so"), directory.resolve("foreign.so"));
        String text = failure(new IsolatedClasses(Map.of()), foreign);
        assertTrue(text.contains("no library of Pinnace"), text);
    }

    /** A library that says it is version 9.9.9, beside the real one in the same JVM. */
    @Test
    void severalVersionsSideBySideAndAWrongOneIsRefused() throws Exception {
        Path cache = directory.resolve("cache");
        load(new IsolatedClasses(Map.of()), null, cache);
        byte[] bytes = Files.readAllBytes(cache.resolve(filesIn(cache).get(0)));
        byte[] patched = new String(bytes, StandardCharsets.ISO_8859_1)
                .replace("0.1.0\0", "9.9.9\0")
                .getBytes(StandardCharsets.ISO_8859_1);
        String library = "io/pinnace/engine/native/" + Platform.current().directory() + "/libpinnace_jni.so";
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(patched));
        Map<String, byte[]> later = Map.of(
                "io/pinnace/engine/engine.properties",
                "version=9.9.9".getBytes(StandardCharsets.UTF_8),
                library,
                patched,
                library + ".sha256",
                hash.getBytes(StandardCharsets.UTF_8));
        assertEquals("9.9.9", load(new IsolatedClasses(later), null, cache));
        assertEquals("0.1.0", load(new IsolatedClasses(Map.of()), null, cache));
        assertEquals(2, filesIn(cache).size(), "one file a version");

        Path wrong = Files.write(directory.resolve("wrong.so"), patched);
        String text = failure(new IsolatedClasses(Map.of()), wrong);
        assertTrue(text.contains("wrong.so: it is version 9.9.9"), text);
    }

    @Test
    void withoutALibraryForThePlatformItSaysSo() {
        String osArch = System.setProperty("os.arch", "pdp11");
        try {
            Exception failure =
                    assertThrows(Exception.class, () -> load(new IsolatedClasses(Map.of()), null, directory));
            assertEquals(
                    "Pinnace 0.1.0 on linux pdp11, libc glibc: not supported: there is no library for this platform",
                    failure.getMessage());
        } finally {
            System.setProperty("os.arch", osArch);
        }
    }

    @Test
    void theLibraryGoesWithItsClassLoader() throws Exception {
        Path cache = directory.resolve("cache-of-unloaded");
        WeakReference<ClassLoader> reference = useAndForget(cache);
        assertTrue(mapped().toString().contains("cache-of-unloaded"));
        for (int i = 0; i < 200 && mapped().toString().contains("cache-of-unloaded"); i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertNull(reference.get(), "the class loader is still there");
        assertFalse(mapped().toString().contains("cache-of-unloaded"), "the library is still mapped");
    }

    private WeakReference<ClassLoader> useAndForget(Path cache) throws Exception {
        IsolatedClasses classes = new IsolatedClasses(Map.of());
        load(classes, null, cache);
        classes.load("UseEngine").getMethod("use", Path.class).invoke(null, directory);
        return new WeakReference<>(classes);
    }
}
