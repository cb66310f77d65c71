package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Executables that don't do as the protocol says, and what happens to ours from outside: nothing hangs, nothing is left. */
@Timeout(60)
class HostileProcessTest {
    private static final String OPENED = "echo '{\"event\":\"opened\",\"version\":\"0.1.0\"}'\n";
    private static final String ENDLESS = "while :; do echo '{\"event\":\"log\",\"text\":\"x\"}'; done\n";

    @TempDir
    Path directory;

    private long childrenBefore;

    @BeforeEach
    void countChildren() {
        childrenBefore = ProcessHandle.current().children().count();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        for (int i = 0; i < 400 && ProcessHandle.current().children().count() > childrenBefore; i++) {
            Thread.sleep(25);
        }
        assertEquals(childrenBefore, ProcessHandle.current().children().count(), "processes are left");
    }

    private Engine engine(String script) throws Exception {
        Path file = Files.writeString(directory.resolve("pinnace"), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return new ProcessEngine(file);
    }

    private InspectRequest request(int references) throws Exception {
        return InspectRequest.builder(TestEngines.settings(directory))
                .references(Collections.nCopies(references, "h.test/x:1"))
                .digestOnly(true)
                .build();
    }

    private EngineException failure(String script) throws Exception {
        Engine engine = engine(script);
        return assertThrows(
                EngineException.class, () -> engine.run(request(1), Credentials.none(), EventListener.NONE));
    }

    @Test
    void oneThatDoesNotReadIsInterrupted() throws Exception {
        Engine engine = engine("exec sleep 120");
        InspectRequest request = request(20000);
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> engine.open(request, Credentials.none()));
    }

    @Test
    void oneThatTalksOnIsKilledWhenItIsCancelled() throws Exception {
        try (Job<InspectResult> job = engine(OPENED + ENDLESS).open(request(1), Credentials.none())) {
            EventListener listener = new EventListener() {
                @Override
                public void log(String line) {
                    job.cancel();
                }
            };
            assertThrows(InterruptedException.class, () -> job.run(listener));
        }
    }

    @Test
    void whatItsContainerWritesComesAsBytes() throws Exception {
        Engine engine = engine(OPENED
                + "echo '{\"event\":\"output\",\"bytes\":\"AP8N\"}'\n"
                + "echo '{\"event\":\"error_output\",\"bytes\":\"Cg==\"}'\n"
                + "echo '{\"event\":\"ready\",\"ready\":{\"ports\":[{\"address\":\"127.0.0.1\",\"hostPort\":8080,"
                + "\"containerPort\":80,\"protocol\":\"udp\"}]}}'\n"
                + "echo '{\"event\":\"result\",\"result\":{\"images\":[]}}'\n");
        Recorder recorder = new Recorder();
        engine.run(request(1), Credentials.none(), recorder);
        assertEquals(
                List.of(
                        "output [0, -1, 13]",
                        "error output [10]",
                        "ready [Port[address=127.0.0.1, hostPort=8080, containerPort=80, protocol=udp]]"),
                recorder.lines);
    }

    @Test
    void oneThatClosesItsOutputAndLivesIsKilled() throws Exception {
        assertEquals(
                "pinnace ended without an answer: exit code 137",
                failure(OPENED + "exec >&-; exec sleep 120").getMessage());
    }

    /** A process that has left its parent holds the pipes. */
    @Test
    void oneThatLeavesAnotherBehindHasEnded() throws Exception {
        assertEquals(
                "pinnace ended without an answer: exit code 3",
                failure(OPENED + "sleep 90 & exit 3").getMessage());
    }

    @Test
    void oneThatSaysSomethingElseIsKilled() throws Exception {
        for (String nonsense : new String[] {
            "echo '{\"event\":\"what\"}'\n",
            "echo '{\"event\":\"output\",\"bytes\":\"%\"}'\n",
            "echo '{\"event\":\"ready\",\"ready\":{\"ports\":[{}]}}'\n",
            "echo '{'\n",
            "echo null\n"
        }) {
            assertEquals(
                    ErrorCode.INTERNAL, failure(OPENED + nonsense + ENDLESS).code());
        }
        assertEquals(ErrorCode.UNSUPPORTED, failure("echo '{}'\n" + ENDLESS).code());
    }

    @Test
    void aSignalFromOutsideMayPass() throws Exception {
        try (SilentServer server = new SilentServer()) {
            InspectRequest request = InspectRequest.builder(TestEngines.settings(directory))
                    .references(List.of(server.host() + "/x:1"))
                    .build();
            CountDownLatch asked = server.nextRequest();
            AtomicReference<Exception> failed = new AtomicReference<>();
            try (Job<InspectResult> job = TestEngines.process().open(request, Credentials.none())) {
                Thread killer = new Thread(() -> {
                    try {
                        asked.await();
                        ProcessHandle.current().children().forEach(ProcessHandle::destroy);
                    } catch (InterruptedException e) {
                        failed.set(e);
                    }
                });
                killer.start();
                EngineException failure = assertThrows(EngineException.class, () -> job.run(EventListener.NONE));
                killer.join();
                assertEquals("pinnace was told to stop by somebody else", failure.getMessage());
                assertTrue(failure.isRetryable());
                assertFalse(Thread.currentThread().isInterrupted());
            }
            assertEquals(null, failed.get());
        }
    }

    @Test
    void closedCredentialsStartNothing() throws Exception {
        Credentials closed = Credentials.builder()
                .password("h.test", "ci", "x".toCharArray())
                .build();
        closed.close();
        Engine engine = TestEngines.process();
        assertThrows(IllegalStateException.class, () -> engine.open(request(1), closed));
        assertEquals(childrenBefore, ProcessHandle.current().children().count());
    }
}
