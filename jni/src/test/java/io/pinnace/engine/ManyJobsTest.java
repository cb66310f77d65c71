package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

/**
 * Many jobs in one JVM: memory stays flat, and no thread is left behind. What jobs leave is told apart from what the JVM's
 * compilers and its heap (see pom.xml) have at the moment.
 */
class ManyJobsTest {
    private static final int JOBS = TestEngines.amount(2000, 10_000);
    private static final int WARM_UP = 10_000;
    /** With all jobs of a full run, 200 bytes a job. */
    private static final long MAX_GROWTH_KB = 4096;
    /** What jobs leave grows in each round; what the JVM takes for itself at some moment does not. */
    private static final int ROUNDS = 3;

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
        BuildRequest build = BuildRequest.builder(settings)
                .definition(definition.toString())
                .tags(List.of(image))
                .build();
        String digest =
                engine.run(build, Credentials.none(), EventListener.NONE).digest();
        InspectRequest request =
                InspectRequest.builder(settings).references(List.of(image)).build();

        run(engine, request, digest, WARM_UP, 1);
        run(engine, request, digest, WARM_UP, 8);
        for (int round = 1; !flat(engine, request, digest); round++) {
            assertTrue(round < ROUNDS, "the resident set grew in each of " + ROUNDS + " rounds");
        }
    }

    /** Runs all jobs, and says whether the resident set stayed as it was. */
    private static boolean flat(Engine engine, InspectRequest request, String digest) throws Exception {
        ProcessMemory before = ProcessMemory.measure();
        run(engine, request, digest, JOBS, 1);
        run(engine, request, digest, JOBS, 8);
        ProcessMemory after = ProcessMemory.measure();
        System.out.printf("%d jobs%nbefore: %s%nafter: %s%n", 2 * JOBS, before, after);
        assertTrue(after.heap() - before.heap() < MAX_GROWTH_KB, "what the heap holds grew");
        assertTrue(after.threads() <= before.threads(), "threads were left behind");
        return after.withoutCompilers() - before.withoutCompilers() < MAX_GROWTH_KB;
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
    }
}
