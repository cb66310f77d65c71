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
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests are what the schema says, whoever makes them. */
class RequestsTest {
    private static final JobSettings SETTINGS = new JobSettings("/store", null);
    private static final Set<String> SET = Set.of("store", "registries");

    /** Of each job, with what must be set. */
    static List<Request<?>> requests() throws Exception {
        List<Request<?>> requests = new ArrayList<>();
        for (JsonNode job : Schema.ALL.path("jobs")) {
            requests.add(request(job.path("request").path("$ref").asText()));
        }
        return requests;
    }

    private static Request<?> request(String reference) throws Exception {
        Class<?> type = Class.forName("io.pinnace.engine." + reference.replaceFirst(".*/", ""));
        Object builder = type.getMethod("builder", JobSettings.class).invoke(null, SETTINGS);
        for (Map.Entry<String, JsonNode> field :
                Schema.ALL.at(reference.substring(1)).path("properties").properties()) {
            boolean isSet = SET.contains(field.getKey());
            if (!isSet && field.getValue().path("type").asText().equals("string")) {
                builder.getClass().getMethod(field.getKey(), String.class).invoke(builder, "a");
            }
        }
        return (Request<?>) builder.getClass().getMethod("build").invoke(builder);
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names.stream().sorted().toList();
    }

    @ParameterizedTest
    @MethodSource("requests")
    void hasAllFieldsOfTheSchema(Request<?> request) throws Exception {
        JsonNode job = Schema.ALL.path("jobs").path(request.job());
        String reference = job.path("request").path("$ref").asText();
        JsonNode json = Protocol.readTree("request", request.toJson());
        assertEquals(names(Schema.ALL.at(reference.substring(1)).path("properties")), names(json));
        assertTrue(names(Schema.ALL.path("jobs")).contains(request.job()));
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
