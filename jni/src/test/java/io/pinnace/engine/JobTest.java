package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinnace.engine.EngineSettings.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The life of one job, with both engines. */
class JobTest {
    @TempDir
    Path directory;

    /** Its event, a warning that a request failed and is sent again, comes before the end. */
    private BuildRequest warnsThenFails() throws Exception {
        Path definition = Files.writeString(
                directory.resolve("pinnace.yaml"), "version: 1\nbase: 127.0.0.1:1/base:1\nartifacts: []\n");
        return BuildRequest.builder(TestEngines.settings(directory))
                .definition(definition.toString())
                .build();
    }

    private GcRequest emptyLayout() throws Exception {
        Path layout = Files.createDirectories(directory.resolve("layout/blobs/sha256"));
        Files.writeString(directory.resolve("layout/oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.writeString(directory.resolve("layout/index.json"), "{\"schemaVersion\":2,\"manifests\":[]}");
        return GcRequest.builder(TestEngines.settings(directory))
                .layout("oci:" + layout.getParent().getParent())
                .build();
    }

    @ParameterizedTest
    @EnumSource
    void runsOnceAndIsClosedAsOftenAsOneLikes(Kind kind) throws Exception {
        Engine engine = TestEngines.create(kind);
        Job<GcResult> job = engine.open(emptyLayout(), Credentials.none());
        assertEquals(List.of(), job.run(EventListener.NONE).problems());
        assertEquals(
                ErrorCode.CONFLICT,
                assertThrows(EngineException.class, () -> job.run(EventListener.NONE))
                        .code());
        job.close();
        job.close();
        job.cancel();
        assertEquals(
                ErrorCode.CONFLICT,
                assertThrows(EngineException.class, () -> job.run(EventListener.NONE))
                        .code());
    }

    @ParameterizedTest
    @EnumSource
    void isNotClosedWhileItRunsAndAListenersExceptionEndsIt(Kind kind) throws Exception {
        Job<BuildResult> job = TestEngines.create(kind).open(warnsThenFails(), Credentials.none());
        RuntimeException enough = new RuntimeException("enough");
        AtomicReference<Throwable> onClose = new AtomicReference<>();
        AtomicReference<Throwable> onRun = new AtomicReference<>();
        EventListener listener = new EventListener() {
            @Override
            public void warning(String line) {
                onClose.set(assertThrows(IllegalStateException.class, job::close));
                onRun.set(assertThrows(EngineException.class, () -> job.run(EventListener.NONE)));
                throw enough;
            }
        };
        assertSame(enough, assertThrows(RuntimeException.class, () -> job.run(listener)));
        assertTrue(onClose.get().getMessage().contains("running"), onClose.get().getMessage());
        assertEquals(ErrorCode.CONFLICT, ((EngineException) onRun.get()).code());
        job.close();
    }

    @ParameterizedTest
    @EnumSource
    void cancelledBeforeItRuns(Kind kind) throws Exception {
        try (Job<BuildResult> job = TestEngines.create(kind).open(warnsThenFails(), Credentials.none())) {
            job.cancel();
            job.cancel();
            assertThrows(InterruptedException.class, () -> job.run(EventListener.NONE));
            assertFalse(Thread.currentThread().isInterrupted());
        }
    }

    @ParameterizedTest
    @EnumSource
    void cancelledByAnotherThreadOrByAnInterruptWhileTheRegistryIsSilent(Kind kind) throws Exception {
        Engine engine = TestEngines.create(kind);
        try (SilentServer server = new SilentServer()) {
            InspectRequest request = InspectRequest.builder(TestEngines.settings(directory))
                    .references(List.of(server.host() + "/silent:1"))
                    .build();
            for (boolean interrupt : new boolean[] {false, true}) {
                CountDownLatch asked = server.nextRequest();
                Thread runner = Thread.currentThread();
                try (Job<InspectResult> job = engine.open(request, Credentials.none())) {
                    AtomicReference<Long> stopped = new AtomicReference<>();
                    Thread other = new Thread(() -> {
                        try {
                            asked.await();
                        } catch (InterruptedException e) {
                            return;
                        }
                        stopped.set(System.nanoTime());
                        if (interrupt) {
                            runner.interrupt();
                        } else {
                            job.cancel();
                        }
                    });
                    other.start();
                    assertThrows(InterruptedException.class, () -> job.run(EventListener.NONE));
                    long milliseconds = (System.nanoTime() - stopped.get()) / 1_000_000;
                    assertTrue(milliseconds < 1000, "took " + milliseconds + " ms");
                    assertFalse(Thread.currentThread().isInterrupted());
                    other.join();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void forgottenJobsAreLetGo(Kind kind) throws Exception {
        Engine engine = TestEngines.create(kind);
        byte[] request = Protocol.write(emptyLayout());
        long before = ProcessHandle.current().children().count();
        for (int i = 0; i < 20; i++) {
            engine.open("gc", request, Credentials.none());
        }
        for (int i = 0; i < 200 && ProcessHandle.current().children().count() > before; i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertTrue(ProcessHandle.current().children().count() <= before, "processes are left");
        assertArrayEquals(request, Protocol.write(emptyLayout()), "the request is left as it was");
    }
}
