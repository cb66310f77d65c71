package io.jenkins.plugins.pinnace.configuration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.pinnace.engine.RegistryLogin;
import io.pinnace.engine.Credentials;
import io.pinnace.engine.EngineException;
import io.pinnace.engine.ErrorCode;
import io.pinnace.engine.Job;
import io.pinnace.engine.JobSettings;
import io.pinnace.engine.PingRequest;
import io.pinnace.engine.PingResult;
import io.pinnace.engine.ProcessEngine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NamesTest {
    @TempDir
    private Path directory;

    private static Stream<String> places() {
        return Stream.of(
                "docker.io",
                "docker.io/team",
                "localhost",
                "localhost:5000",
                "host:5000",
                "Host/a",
                "registry.example/prod/shop",
                "a.example/" + "b".repeat(200),
                "[::1]",
                "[::1]:5000/a",
                "10.0.0.1:65535/a-b/c_d");
    }

    private static Stream<String> others() {
        return Stream.of(
                "",
                "/",
                "host",
                "host/a",
                "host.example/",
                "host.example//a",
                "host.example/UPPER",
                "host.example/a_-b",
                "host.example/a:tag",
                "host.example/../a",
                "host.example/a b",
                "host.example\n",
                "host.example/" + "b".repeat(255),
                "host..example",
                "-host.example",
                "host-.example",
                "host:port",
                "host:",
                "host:65536",
                "host:123456",
                "[::1",
                "[1.2.3.4]",
                "[:::]:5000",
                "[12345::1]",
                "index.docker.io",
                "index.docker.io/v1",
                "oci:dir",
                "docker-daemon:5000/x",
                "dir:5000",
                "docker-archive:5000",
                "user@host.example",
                "$(id)");
    }

    @ParameterizedTest
    @MethodSource("places")
    void arePlaces(String prefix) throws Exception {
        assertTrue(Names.isPrefix(prefix));
        assertTrue(isPrefixToTheCore(prefix));
    }

    @ParameterizedTest
    @MethodSource("others")
    void areNone(String prefix) throws Exception {
        assertFalse(Names.isPrefix(prefix));
        assertFalse(isPrefixToTheCore(prefix));
    }

    /** A job is checked when it is opened; no registry is asked. */
    private boolean isPrefixToTheCore(String prefix) throws Exception {
        JobSettings settings = new JobSettings(directory.resolve("store").toString(), null);
        try (Credentials none = Credentials.builder().build();
                Job<PingResult> opened = ProcessEngine.fromBundle(directory)
                        .open(PingRequest.builder(settings).registry(prefix).build(), none)) {
            return true;
        } catch (EngineException e) {
            assertEquals(ErrorCode.INVALID_INPUT, e.code(), e.getMessage());
            return false;
        }
    }

    @Test
    void aFullNameBeginsWithAHost() {
        for (String full : List.of("registry.test/web:1", "localhost/web", "host:5000/web", "docker.io/library/x")) {
            assertTrue(Names.isFull(full), full);
        }
        for (String relative : List.of("web", "web:1", "shop/web:1", "docker-daemon:x", "dir:/tmp/x")) {
            assertFalse(Names.isFull(relative), relative);
        }
    }

    @Test
    void aRegistryHasManySpellings() {
        assertTrue(Names.isInside("REGISTRY.test:443/shop/web:1", "registry.test/shop"));
        assertFalse(Names.isInside("registry.test/shopping/web", "registry.test/shop"));
        assertFalse(Names.isInside("registry.test:5000/shop/web", "registry.test/shop"));
    }

    @Test
    void namesOfDockerHubHaveANamespace() {
        assertFalse(Names.isMirror("docker.io"));
        assertTrue(Names.isMirror("docker.io/team"));
        assertTrue(Names.isMirror("mirror.example"));
        assertFalse(Names.isRepository("docker.io/shop"));
        assertTrue(Names.isRepository("docker.io/team/shop"));
        assertFalse(Names.isRepository("registry.example"));
        assertTrue(Names.isRepository("registry.example/shop"));
        assertFalse(Names.isPrefix("registry-1.docker.io"));
    }

    @Test
    void directoriesArchivesAndEnvironmentsAreNoHosts() {
        for (String text : List.of(
                "oci:5000/shop", "oci:5000", "oci-archive:5000/x", "docker-archive:5000/x", "dir:80/x", "env:80/x")) {
            assertFalse(Names.isPrefix(text), text);
        }
        assertTrue(Names.isPrefix("environment:80/x"));
    }

    @Test
    void schemesDoNotMatter() {
        assertEquals("host:5000/a", Names.withoutScheme(" https://host:5000/a/ "));
        assertEquals("host", Names.host("host/a/b"));
    }

    @Test
    void belowIsNotBeside() {
        assertTrue(Names.isBelow("host/prod/web:1", "host/prod"));
        assertFalse(Names.isBelow("host/production/web:1", "host/prod"));
        assertFalse(Names.isBelow("host/prod", "host/prod"));
        assertFalse(Names.isBelow("host.evil/prod/web", "host"));
    }

    @Test
    void tokensAreUserAndPasswordOrThemselves() {
        String pair = Base64.getEncoder().encodeToString("ci:pa:ss".getBytes(StandardCharsets.UTF_8));
        assertEquals(new RegistryLogin("host", "ci", "pa:ss"), Logins.login("host", pair));
        assertEquals(new RegistryLogin("host", null, "ey.J.x"), Logins.login("host", "ey.J.x"));
        assertFalse(Logins.login("host", pair).toString().contains("pa:ss"));
        // Base64, with a colon in it, and no text.
        for (byte[] bytes : new byte[][] {{'a', ':', (byte) 0xff}, {'a', ':', 1}, {(byte) 0xc3, ':', 'b'}}) {
            String token = Base64.getEncoder().encodeToString(bytes);
            assertEquals(new RegistryLogin("host", null, token), Logins.login("host", token));
        }
        String key = Base64.getEncoder().encodeToString("_json_key:{\n\t}\n".getBytes(StandardCharsets.UTF_8));
        assertEquals(new RegistryLogin("host", "_json_key", "{\n\t}\n"), Logins.login("host", key));
    }
}
