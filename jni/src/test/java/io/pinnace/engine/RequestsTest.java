package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests are what the schema says, whoever makes them. */
class RequestsTest {
    private static final JobSettings SETTINGS = new JobSettings("/store", null);

    static List<Request<?>> requests() {
        return List.of(
                BuildRequest.builder(SETTINGS).definition("a").build(),
                CopyRequest.builder(SETTINGS).source("a").target("b").build(),
                GcRequest.builder(SETTINGS).build(),
                InspectRequest.builder(SETTINGS).build(),
                PinRequest.builder(SETTINGS).build(),
                PingRequest.builder(SETTINGS).registry("a").build(),
                PromoteRequest.builder(SETTINGS)
                        .reference("a")
                        .to("b")
                        .environments("c")
                        .build(),
                RunRequest.builder(SETTINGS).image("a").build(),
                TagsRequest.builder(SETTINGS).repository("a").order("name").build());
    }

    private static JsonNode schema() throws Exception {
        return Protocol.readTree(
                "schema",
                Schema.class.getResourceAsStream("job-protocol.schema.json").readAllBytes());
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names.stream().sorted().toList();
    }

    @Test
    void thereIsOneForEachJob() throws Exception {
        assertEquals(
                names(schema().path("jobs")),
                requests().stream().map(Request::job).sorted().toList());
    }

    @ParameterizedTest
    @MethodSource("requests")
    void hasAllFieldsOfTheSchema(Request<?> request) throws Exception {
        JsonNode job = schema().path("jobs").path(request.job());
        String reference = job.path("request").path("$ref").asText();
        JsonNode json = Protocol.readTree("request", request.toJson());
        assertEquals(names(schema().at(reference.substring(1)).path("properties")), names(json));
        assertEquals(1, json.path("version").asInt());
        assertEquals("/store", json.path("store").asText());
        assertEquals(job.path("startsContainers").asBoolean(), request.startsContainers());
    }

    @Test
    void whatIsNotSetIsNoneOrEmpty() {
        BuildRequest build = BuildRequest.builder(SETTINGS)
                .definition("a")
                .labels(Map.of("a", "b"))
                .build();
        assertEquals(List.of(), build.tags());
        assertEquals(Map.of("a", "b"), build.labels());
        assertFalse(build.noCache());
        assertNull(build.sandbox());
        assertNull(build.threads());
    }

    @Test
    void whatMustBeSetIsNamed() {
        PromoteRequest.Builder builder =
                PromoteRequest.builder(SETTINGS).reference("a").environments("c");
        assertEquals(
                "to", assertThrows(NullPointerException.class, builder::build).getMessage());
        assertTrue(builder.to("prod").build().toString().contains("prod"));
    }
}
