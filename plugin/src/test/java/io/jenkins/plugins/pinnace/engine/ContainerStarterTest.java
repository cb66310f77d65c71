package io.jenkins.plugins.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.pinnace.engine.BuildRequest;
import io.pinnace.engine.JobSettings;
import io.pinnace.engine.Sandbox;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerStarterTest {
    @TempDir
    Path directory;

    private JsonNode sandbox(BuildRequest.Builder request) throws Exception {
        byte[] asked = ContainerStarter.into(request.build().toJson(), List.of(directory));
        JsonNode json = new JsonMapper().readTree(asked);
        assertEquals("pinnace.yaml", json.path("definition").asText());
        return json.path("sandbox");
    }

    @Test
    void theExecutableIsNamedAndTheRestStays() throws Exception {
        BuildRequest.Builder request =
                BuildRequest.builder(new JobSettings("store", null)).definition("pinnace.yaml");
        JsonNode defaults = sandbox(request);
        assertTrue(defaults.path("executable")
                .asText()
                .startsWith(directory.resolve("pinnace-").toString()));
        assertTrue(defaults.path("network").isNull());
        JsonNode chosen =
                sandbox(request.sandbox(Sandbox.builder().network("none").build()));
        assertEquals(defaults.path("executable"), chosen.path("executable"));
        assertEquals("none", chosen.path("network").asText());
    }
}
