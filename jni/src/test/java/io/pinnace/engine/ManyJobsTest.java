package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many jobs in one JVM: memory stays flat, and no thread is left behind. */
class ManyJobsTest {
    private static final int JOBS = TestEngines.amount(2000, 10_000);

    @TempDir
    Path directory;

    @Test
    void oneAfterTheOtherAndEightAtATime() throws Exception {
        Engine engine = TestEngines.jni();
        Path definition = Files.writeString(
                directory.resolve("pinnace.yaml"),
                "version: 1\nbase: scratch\nartifacts: []\nconfig: {labels: {a: b}}\nplatforms: [linux/amd64]\n");
        JobSettings settings = TestEngines.settings(directory);
        String image = "oci:" + directory.resolve("layout") + ":1";
        BuildRequest build = BuildRequest.of(settings, definition.toString(), List.of(image));
        String digest =
                engine.run(build, Credentials.none(), EventListener.NONE).digest();
        InspectRequest request = InspectRequest.of(settings, image);

        run(engine, request, digest, JOBS / 4, 8); // allocators and pools reach their size
        String before = memory();
        long rss = residentKilobytes();
        long threads = threads();
        run(engine, request, digest, JOBS, 1);
        run(engine, request, digest, JOBS, 8);
        long grown = residentKilobytes() - rss;
        System.out.printf(
                "%d jobs: resident set grew by %d kB%nbefore: %s%nafter: %s%n", 2 * JOBS, grown, before, memory());
        assertTrue(grown < 24 * 1024, "the resident set grew by " + grown + " kB");
        assertTrue(threads() <= threads, threads + " threads before, " + threads() + " after");
    }

    private static void run(Engine engine, InspectRequest request, String digest, int jobs, int atATime)
            throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(atATime);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < jobs; i++) {
                all.add(pool.submit(() -> {
                    InspectResult result = engine.run(request, Credentials.none(), EventListener.NONE);
                    assertEquals(digest, result.images().get(0).digest());
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            pool.shutdown();
            assertTrue(pool.awaitTermination(10, TimeUnit.SECONDS));
        }
        System.gc();
    }

    private static long threads() {
        return status("Threads:");
    }

    private static long residentKilobytes() {
        return status("VmRSS:");
    }

    private static long status(String field) {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(field))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The resident set, and the JVM's own account if it keeps one (-XX:NativeMemoryTracking=summary). */
    private static String memory() throws Exception {
        Process jcmd = new ProcessBuilder(
                        "jcmd", Long.toString(ProcessHandle.current().pid()), "VM.native_memory", "summary")
                .redirectErrorStream(true)
                .start();
        String text = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String total = text.lines()
                .filter(line -> line.startsWith("Total:"))
                .findFirst()
                .orElse("no NMT");
        return "RSS " + residentKilobytes() + " kB, " + threads() + " threads, " + total;
    }
}
