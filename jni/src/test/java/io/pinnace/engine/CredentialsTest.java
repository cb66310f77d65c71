package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.pinnace.engine.EngineSettings.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Credentials open registries, and appear nowhere. */
class CredentialsTest {
    private static final String SECRET = "s3cr3t-\"\\\u00fc\ud83d\udef6";

    @TempDir
    Path directory;

    private static Credentials forHost(String host, String password) {
        return Credentials.builder()
                .password(host, "ci", password.toCharArray())
                .build();
    }

    @Test
    void theJsonIsWhatWasGiven() throws Exception {
        Credentials credentials = Credentials.builder()
                .password("a.test", "u\"ser", SECRET.toCharArray())
                .identityToken("b.test/path", "token".toCharArray())
                .registryToken("c.test", "bearer".toCharArray())
                .password("c.test", "later", "wins".toCharArray())
                .build();
        JsonNode json = new ObjectMapper().readTree(credentials.toJson());
        assertEquals(1, json.get("version").asInt());
        JsonNode registries = json.get("registries");
        assertEquals("u\"ser", registries.at("/a.test/username").asText());
        assertEquals(SECRET, registries.at("/a.test/password").asText());
        assertEquals("token", registries.get("b.test/path").get("identityToken").asText());
        assertEquals(
                "{\"username\":\"later\",\"password\":\"wins\"}",
                registries.get("c.test").toString());
        assertFalse(credentials.toString().contains("s3cr3t"));
        credentials.close();
        assertThrows(IllegalStateException.class, credentials::toJson);
        assertNull(Credentials.ofUser().toJson());
        assertEquals(
                "{\"version\":1,\"registries\":{}}",
                new String(Credentials.none().toJson(), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @EnumSource
    void openARegistryAndAppearInNothing(Kind kind) throws Exception {
        Engine engine = TestEngines.create(kind);
        JobSettings settings = TestEngines.settings(directory);
        Path definition = Files.writeString(
                directory.resolve("pinnace.yaml"),
                "version: 1\nbase: scratch\nartifacts: []\nplatforms: [linux/amd64]\n");
        try (TestRegistry registry = new TestRegistry(directory.resolve("registry"), htpasswd("ci", SECRET))) {
            String image = registry.host() + "/web:1";
            BuildRequest request = BuildRequest.builder(settings)
                    .definition(definition.toString())
                    .tags(List.of(image))
                    .build();
            Recorder events = new Recorder();
            try (Credentials good = forHost(registry.host(), SECRET)) {
                String digest = engine.run(request, good, events).digest();
                assertEquals(
                        digest,
                        engine.run(
                                        InspectRequest.builder(settings)
                                                .references(List.of(image))
                                                .build(),
                                        good,
                                        events)
                                .images()
                                .get(0)
                                .digest());
                PingRequest ping =
                        PingRequest.builder(settings).registry(registry.host()).build();
                assertEquals(
                        "http://" + image.replace("/web:1", "/v2/"),
                        engine.run(ping, good, events).url());
            }
            assertFalse(events.lines.toString().contains("s3cr3t"), events.lines::toString);
            for (Credentials bad : List.of(
                    Credentials.none(), forHost(registry.host(), "s3cr3t-wrong"), forHost("other.test", SECRET))) {
                EngineException failure = assertThrows(EngineException.class, () -> engine.run(request, bad, events));
                assertEquals(ErrorCode.UNAUTHORIZED, failure.code(), failure.getMessage());
                assertFalse(failure.getMessage().contains("s3cr3t"), failure.getMessage());
                PingRequest ping =
                        PingRequest.builder(settings).registry(registry.host()).build();
                failure = assertThrows(EngineException.class, () -> engine.run(ping, bad, events));
                assertEquals(ErrorCode.UNAUTHORIZED, failure.code(), failure.getMessage());
            }
            EngineException failure = assertThrows(
                    EngineException.class,
                    () -> engine.open(
                            request,
                            Credentials.builder()
                                    .password("", "ci", SECRET.toCharArray())
                                    .build()));
            assertEquals(ErrorCode.INVALID_INPUT, failure.code());
            assertFalse(failure.getMessage().contains("s3cr3t"), failure.getMessage());
        }
    }

    /** While the process runs, neither its arguments, nor its environment, nor a file it has open show them. */
    @Test
    void theProcessShowsThemToNobody() throws Exception {
        try (SilentServer server = new SilentServer()) {
            CountDownLatch asked = server.nextRequest();
            InspectRequest request = InspectRequest.builder(TestEngines.settings(directory))
                    .references(List.of(server.host() + "/x:1"))
                    .build();
            try (Job<InspectResult> job = TestEngines.process().open(request, forHost(server.host(), "plain-s3cr3t"))) {
                StringBuilder seen = new StringBuilder();
                Thread watcher = new Thread(() -> {
                    try {
                        asked.await();
                        ProcessHandle child =
                                ProcessHandle.current().children().findFirst().orElseThrow();
                        for (String file : List.of("cmdline", "environ")) {
                            seen.append(Files.readString(
                                    Path.of("/proc/" + child.pid(), file), StandardCharsets.ISO_8859_1));
                        }
                    } catch (Exception e) {
                        seen.append(e);
                    } finally {
                        job.cancel();
                    }
                });
                watcher.start();
                assertThrows(InterruptedException.class, () -> job.run(EventListener.NONE));
                watcher.join();
                assertTrue(seen.toString().contains("--pipe"), seen::toString);
                assertFalse(seen.toString().contains("s3cr3t"), seen::toString);
            }
        }
    }

    /** bcrypt of a password, by apache2-utils. */
    private static String htpasswd(String user, String password) throws Exception {
        Process process = new ProcessBuilder("htpasswd", "-niB", user).start();
        process.getOutputStream().write(password.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        process.getInputStream().transferTo(output);
        assertEquals(0, process.waitFor());
        return output.toString(StandardCharsets.UTF_8).strip() + "\n";
    }
}
