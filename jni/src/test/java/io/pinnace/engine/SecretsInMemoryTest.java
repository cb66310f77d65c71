package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of credentials when a job has ended. */
class SecretsInMemoryTest {
    @TempDir
    Path directory;

    private static Credentials credentials(String host) {
        char[] password = SecretSearch.password();
        try {
            return Credentials.builder().password(host, "ci", password).build();
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    /** The registry is sent "Basic" and base64 of name and password; the library and libcurl had copies of it. */
    @Test
    void theLibraryKeepsNoHeader() throws Exception {
        Engine engine = TestEngines.jni();
        SecretSearch search = SecretSearch.forBasic("ci");
        try (TestRegistry registry = new TestRegistry(directory.resolve("registry"), htpasswd())) {
            PingRequest ping = PingRequest.builder(TestEngines.settings(directory))
                    .registry(registry.host())
                    .build();
            try (Credentials credentials = credentials(registry.host())) {
                engine.run(ping, credentials, EventListener.NONE);
            }
            assertThrows(EngineException.class, () -> engine.run(ping, Credentials.none(), EventListener.NONE));
        }
        assertEquals(0, search.countInOwnMemory());

        ByteBuffer control = ByteBuffer.allocateDirect(100).put(search.unmasked());
        assertTrue(search.countInOwnMemory() > 0, "the search finds nothing");
        control.clear().put(new byte[100]);
    }

    /** In the heap, as a heap dump shows it; the job is still there. */
    @Test
    void theStreamToTheProcessKeepsNothing() throws Exception {
        SecretSearch search = SecretSearch.forPassword();
        InspectRequest request = InspectRequest.builder(TestEngines.settings(directory))
                .references(List.of("127.0.0.1:1/x:1"))
                .build();
        Job<InspectResult> job;
        try (Credentials credentials = credentials("h.test")) {
            job = TestEngines.process().open(request, credentials);
        }
        try (job) {
            assertEquals(0, search.countIn(heapDump("after")));
            byte[] control = search.unmasked();
            assertTrue(search.countIn(heapDump("control")) > 0, "the search finds nothing");
            Arrays.fill(control, (byte) 0);
        }
    }

    private Path heapDump(String name) throws Exception {
        Path file = directory.resolve(name + ".hprof");
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(file.toString(), true);
        return file;
    }

    private String htpasswd() throws Exception {
        Process process = new ProcessBuilder("htpasswd", "-niB", "ci").start();
        try (var input = process.getOutputStream()) {
            for (char c : SecretSearch.password()) {
                input.write(c);
            }
        }
        String line = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII);
        assertEquals(0, process.waitFor());
        return line.strip() + "\n";
    }
}
