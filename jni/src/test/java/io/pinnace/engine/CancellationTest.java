package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinnace.engine.EngineSettings.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Builds and copies that are cancelled at random instants end within a second and leave nothing half done. */
class CancellationTest {
    private static final int MEGABYTES = TestEngines.amount(64, 1024);
    private static final int CANCELS = TestEngines.amount(5, 25);

    @TempDir
    Path directory;

    private final Random random = new Random();
    /** From cancel to end, by kind of job. */
    private final Map<String, List<Long>> milliseconds = new TreeMap<>();

    @ParameterizedTest
    @EnumSource
    void endsWithinASecondAndLeavesNothing(Kind kind) throws Exception {
        Engine engine = TestEngines.create(kind);
        Path project = Files.createDirectories(directory.resolve("project"));
        writeBig(project.resolve("big"));
        Path definition = Files.writeString(
                project.resolve("pinnace.yaml"),
                "version: 1\nbase: scratch\nartifacts: [{from: big, to: /big}]\nplatforms: [linux/amd64]\n");
        JobSettings settings = TestEngines.settings(directory);
        try (TestRegistry registry = new TestRegistry(directory.resolve("registry"), null)) {
            String source = registry.host() + "/source:1";
            String digest = engine.run(
                            BuildRequest.builder(settings)
                                    .definition(definition.toString())
                                    .tags(List.of(source))
                                    .build(),
                            Credentials.none(),
                            EventListener.NONE)
                    .digest();
            Function<String, Request<?>> build = target -> BuildRequest.builder(settings)
                    .definition(definition.toString())
                    .tags(List.of(target))
                    .build();
            Function<String, Request<?>> copy = target ->
                    CopyRequest.builder(settings).source(source).target(target).build();
            String layout = "oci:" + directory.resolve("layout");
            String repository = registry.host() + "/target";
            cancelOften(engine, "build into a layout", build, layout, digest);
            cancelOften(engine, "build into a registry", build, repository, digest);
            cancelOften(engine, "copy into a layout", copy, layout, digest);
            cancelOften(engine, "copy into a registry", copy, repository, digest);
        }
        report(kind);
    }

    /** Each time at an instant of the job's whole duration, into a place of its own. */
    private void cancelOften(
            Engine engine, String what, Function<String, Request<?>> request, String place, String digest)
            throws Exception {
        List<Long> ends = milliseconds.computeIfAbsent(what, none -> new ArrayList<>());
        long started = System.nanoTime();
        engine.run(request.apply(place + "-0:1"), Credentials.none(), EventListener.NONE);
        long whole = System.nanoTime() - started;
        clear();
        for (int i = 0; i < CANCELS; i++) {
            String target = place + "-" + random.nextLong(Long.MAX_VALUE) + ":1";
            long begun = System.nanoTime();
            OptionalLong end = cancelOnce(engine, request.apply(target), (long) (random.nextDouble() * whole));
            if (end.isPresent()) {
                ends.add(end.getAsLong());
            } else {
                // The first one may have been slow.
                whole = Math.min(whole, System.nanoTime() - begun);
            }
            checkNothingIsHalfDone(engine, target, digest);
            if (i % 5 == 0) {
                engine.run(request.apply(target), Credentials.none(), EventListener.NONE);
                assertEquals(digest, tag(engine, target));
            }
            clear();
        }
    }

    /** What takes much space: layouts, and what the registry keeps of uploads that were cut off. */
    private void clear() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.filter(file -> file.getFileName().toString().matches("layout-.*|_uploads"))
                    .toList()
                    .forEach(BundledFile::delete);
        }
    }

    /** How long it took to end, in milliseconds; empty if it was done before. */
    private OptionalLong cancelOnce(Engine engine, Request<?> request, long afterNanos) throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        long[] at = {0};
        try (Job<?> job = engine.open(request, Credentials.none())) {
            timer.schedule(
                    () -> {
                        at[0] = System.nanoTime();
                        job.cancel();
                    },
                    afterNanos,
                    TimeUnit.NANOSECONDS);
            job.run(EventListener.NONE);
            return OptionalLong.empty();
        } catch (InterruptedException e) {
            return OptionalLong.of((System.nanoTime() - at[0]) / 1_000_000);
        } finally {
            timer.shutdownNow();
        }
    }

    private void checkNothingIsHalfDone(Engine engine, String target, String digest) throws Exception {
        String found = tag(engine, target);
        assertTrue(found == null || found.equals(digest), "the tag is " + found);
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> temporary = files.filter(file -> !file.startsWith(directory.resolve("registry")))
                    .filter(file -> file.getFileName().toString().startsWith(".pinnace-tmp-"))
                    .toList();
            assertEquals(List.of(), temporary);
        }
    }

    private String tag(Engine engine, String target) throws Exception {
        try {
            InspectRequest request = InspectRequest.builder(TestEngines.settings(directory))
                    .references(List.of(target))
                    .digestOnly(true)
                    .build();
            return engine.run(request, Credentials.none(), EventListener.NONE)
                    .images()
                    .get(0)
                    .digest();
        } catch (EngineException e) {
            assertEquals(ErrorCode.NOT_FOUND, e.code(), e.getMessage());
            return null;
        }
    }

    private void writeBig(Path file) throws IOException {
        byte[] block = new byte[1 << 20];
        try (OutputStream output = Files.newOutputStream(file)) {
            for (int i = 0; i < MEGABYTES; i++) {
                random.nextBytes(block);
                output.write(block);
            }
        }
    }

    private void report(Kind kind) {
        long worst = 0;
        for (Map.Entry<String, List<Long>> job : milliseconds.entrySet()) {
            List<Long> sorted = job.getValue().stream().sorted().toList();
            assertFalse(sorted.isEmpty(), "nothing was cancelled: " + job.getKey());
            worst = Math.max(worst, sorted.get(sorted.size() - 1));
            System.out.printf(
                    "%s, %s: %d cancels of jobs with %d MB; ms until it ended: median %d, p90 %d, worst %d%n",
                    kind,
                    job.getKey(),
                    sorted.size(),
                    MEGABYTES,
                    sorted.get(sorted.size() / 2),
                    sorted.get(sorted.size() * 9 / 10),
                    sorted.get(sorted.size() - 1));
        }
        assertTrue(worst < 1000, "took " + worst + " ms");
    }
}
