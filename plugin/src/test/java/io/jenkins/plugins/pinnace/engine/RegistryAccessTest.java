package io.jenkins.plugins.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryAccessTest {
    private static final RegistryLogin LOGIN = new RegistryLogin("host:5000", "ci", "s3cret word");

    @TempDir
    Path directory;

    private JsonNode settings(RegistryAccess access) throws Exception {
        access.writeTo(directory);
        return new JsonMapper()
                .readTree(directory.resolve(RegistryAccess.SETTINGS).toFile());
    }

    @Test
    void settingsAreWrittenAndSecretsNever() throws Exception {
        RegistryAccess access = new RegistryAccess(
                List.of(
                        new RegistryAccess.Registry("host:5000", true, "mirror/hub", null),
                        new RegistryAccess.Registry("other", false, null, "-----BEGIN")),
                List.of(LOGIN),
                "version: 1");
        JsonNode written = settings(access);
        assertEquals(
                "{\"version\":1,\"registries\":{\"host:5000\":{\"plainHttp\":true,\"mirror\":\"mirror/hub\"},"
                        + "\"other\":{\"ca\":\"ca-1.pem\"}}}",
                written.toString());
        assertEquals("-----BEGIN", Files.readString(directory.resolve("ca-1.pem")));
        assertEquals("version: 1", Files.readString(directory.resolve(RegistryAccess.ENVIRONMENTS)));
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                assertFalse(Files.readString(file).contains("s3cret"), file::toString);
            }
        }
    }

    @Test
    void whoWaitsGetsAnAnswerWithinSeconds() throws Exception {
        assertFalse(settings(new RegistryAccess(List.of(), List.of(), null)).has("transfer"));
        assertFalse(Files.exists(directory.resolve(RegistryAccess.ENVIRONMENTS)));
        JsonNode patient = settings(new RegistryAccess(List.of(), List.of(), null, true));
        assertEquals("15s", patient.path("transfer").path("giveUpAfter").asText());
    }

    @Test
    void whatIsSaidHidesPasswordsAndWhatAHeaderHas() {
        RegistryAccess access =
                new RegistryAccess(List.of(), List.of(LOGIN, new RegistryLogin("other", null, "opaque-token")), null);
        String said = access.mask().apply("Basic Y2k6czNjcmV0IHdvcmQ= s3cret+word opaque-token end");
        assertEquals("Basic **** **** **** end", said);
        assertTrue(LOGIN.toString().contains("host:5000") && !LOGIN.toString().contains("s3cret"));
    }
}
