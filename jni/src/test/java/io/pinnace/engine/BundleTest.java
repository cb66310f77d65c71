package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the executable comes from, and that it runs jobs. */
class BundleTest {
    @TempDir
    Path directory;

    private static void withProperty(String name, String value, ThrowingRunnable test) throws Exception {
        String before = System.setProperty(name, value);
        try {
            test.run();
        } finally {
            if (before == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, before);
            }
        }
    }

    private interface ThrowingRunnable {
        void run() throws Exception;
    }

    private static String failure(Path... directories) {
        EngineException failure = assertThrows(EngineException.class, () -> Bundle.executable(directories));
        assertEquals(ErrorCode.UNSUPPORTED, failure.code());
        return failure.getMessage();
    }

    @Test
    void theLicencesGoWithIt() throws Exception {
        URI classes =
                Bundle.class.getProtectionDomain().getCodeSource().getLocation().toURI();
        for (String name : new String[] {"LICENSE", "THIRD-PARTY.md"}) {
            Path ours = Path.of(System.getProperty("basedir")).resolveSibling(name);
            assertEquals(
                    Files.readString(ours),
                    Files.readString(Path.of(classes).resolve("META-INF").resolve(name)));
        }
    }

    @Test
    void aFileByHashThatEverybodyMayStartAndThatRunsJobs() throws Exception {
        Path cache = directory.resolve("made/cache");
        Path file = Bundle.executable(cache);
        assertTrue(file.getFileName().toString().matches("pinnace-[0-9a-f]{32}"), file::toString);
        assertEquals(cache, file.getParent());
        assertEquals("rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));

        Engine engine = new EngineSettings(EngineSettings.Kind.PROCESS, List.of(cache), null).create();
        Path layout = Files.createDirectory(directory.resolve("layout"));
        EngineException failure = assertThrows(
                EngineException.class,
                () -> engine.run(
                        GcRequest.builder(TestEngines.settings(directory))
                                .layout(layout.toString())
                                .build(),
                        Credentials.none(),
                        EventListener.NONE));
        assertTrue(failure.getMessage().contains(layout.toString()), failure::getMessage);
    }

    @Test
    void aCopyIsUsedAgainAndADamagedOneIsReplaced() throws Exception {
        Path file = Bundle.executable(directory);
        var time = Files.getLastModifiedTime(file);
        assertEquals(file, Bundle.executable(directory));
        assertEquals(time, Files.getLastModifiedTime(file));
        long size = Files.size(file);
        Files.delete(file);
        Files.writeString(file, "#!/bin/sh\necho pinnace 0.1.0\n");
        assertEquals(file, Bundle.executable(directory));
        assertEquals(size, Files.size(file));
    }

    /** An interrupt ends the wait for one that is tried, see below. */
    @Test
    void aCopyIsTriedOnceUnlessItChanges() throws Exception {
        Path file = Bundle.executable(directory);
        Thread.currentThread().interrupt();
        assertEquals(file, Bundle.executable(directory));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        assertThrows(EngineException.class, () -> Bundle.executable(directory));
        assertTrue(Thread.interrupted());
    }

    @Test
    void placesThatWillNotDoArePassedOverAndNamed() throws Exception {
        Path readOnly = Path.of("/proc/self");
        Path file = Bundle.executable(readOnly, directory);
        assertEquals(directory, file.getParent());
        withProperty("java.io.tmpdir", directory.toString(), () -> {
            Path own = Bundle.executable(readOnly);
            assertEquals(directory, own.getParent().getParent());
            assertEquals(own, Bundle.executable(readOnly), "one a JVM");
            BundledFile.delete(own.getParent());
        });
        withProperty("java.io.tmpdir", "/proc/sys", () -> {
            String text = failure(readOnly);
            assertTrue(text.contains("; /proc/self: ") && text.contains("; /proc/sys: "), text);
        });
    }

    @Test
    void noexecIsPassedOverAndNamed() throws Exception {
        Path shared = Files.createTempDirectory(Path.of("/dev/shm"), "pinnace-test-");
        try {
            assumeTrue(MountOptions.areNoexec(shared), "/dev/shm is not mounted noexec here");
            assertEquals(directory, Bundle.executable(shared, directory).getParent());
            withProperty(
                    "java.io.tmpdir",
                    "/proc/sys",
                    () -> assertTrue(failure(shared).contains("mounted noexec")));
        } finally {
            BundledFile.delete(shared);
        }
    }

    @Test
    void theOverrideIsTakenOrNothing() throws Exception {
        Path mine = Files.copy(TestEngines.EXECUTABLE, directory.resolve("mine"));
        withProperty(
                Bundle.EXECUTABLE_PROPERTY,
                mine.toString(),
                () -> assertEquals(mine, Bundle.executable(directory.resolve("unused"))));
        for (String wrong : List.of("/bin/echo", directory.resolve("missing").toString())) {
            withProperty(
                    Bundle.EXECUTABLE_PROPERTY,
                    wrong,
                    () -> assertTrue(failure(directory).contains("cannot start the executable; " + wrong + ": ")));
        }
    }

    /** As when java.io.tmpdir was tidied up, and somebody else was quick. */
    @Test
    void aDirectoryThatSomebodyElsePutInThePlaceOfOursIsNotUsed() throws Exception {
        withProperty("java.io.tmpdir", directory.toString(), () -> {
            Path foreign = Files.createDirectory(directory.resolve("foreign"));
            Path own = Bundle.executable(Path.of("/proc/self")).getParent();
            BundledFile.delete(own);
            Files.createSymbolicLink(own, foreign);
            Path next = Bundle.executable(Path.of("/proc/self"));
            assertNotEquals(own, next.getParent());
            assertEquals(0, foreign.toFile().list().length);

            Files.setPosixFilePermissions(next.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
            Path last = Bundle.executable(Path.of("/proc/self"));
            assertNotEquals(next.getParent(), last.getParent());
            BundledFile.delete(last.getParent());
        });
    }

    @Test
    void oneThatNeverAnswersIsGivenUpAndAnInterruptEndsTheWait() throws Exception {
        Path hanging = Files.writeString(directory.resolve("hanging"), "#!/bin/sh\nexec sleep 120\n");
        Files.setPosixFilePermissions(hanging, PosixFilePermissions.fromString("rwx------"));
        withProperty(Bundle.EXECUTABLE_PROPERTY, hanging.toString(), () -> {
            assertTrue(failure(directory).contains("hanging: it answers nothing: exit code 137"));
            Thread.currentThread().interrupt();
            EngineException failure = assertThrows(EngineException.class, () -> Bundle.executable(directory));
            assertEquals(ErrorCode.CANCELLED, failure.code());
            assertTrue(Thread.interrupted());
        });
    }

    @Test
    void withoutAnExecutableForThePlatformItSaysSo() throws Exception {
        withProperty(
                "os.arch",
                "pdp11",
                () -> assertEquals(
                        "Pinnace 0.1.0 on linux pdp11, libc glibc: not supported: there is no executable for this platform",
                        failure(directory)));
    }
}
