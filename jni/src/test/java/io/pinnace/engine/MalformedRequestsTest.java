package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinnace.engine.EngineSettings.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a request is, it gets an error and does no harm. */
class MalformedRequestsTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JobSettings SETTINGS = new JobSettings("/nonexistent/store", null);
    private static final List<Request<?>> GOOD = List.of(
            BuildRequest.builder(SETTINGS)
                    .definition("pinnace.yaml")
                    .tags(List.of("oci:out:1"))
                    .build(),
            CopyRequest.builder(SETTINGS).source("oci:a:1").target("oci:b:1").build(),
            GcRequest.builder(SETTINGS).layout("oci:a").build(),
            InspectRequest.builder(SETTINGS).references(List.of("oci:a:1")).build(),
            PinRequest.builder(SETTINGS).definitions(List.of("pinnace.yaml")).build(),
            PromoteRequest.builder(SETTINGS)
                    .reference("oci:a:1")
                    .to("prod")
                    .environments("environments.yaml")
                    .build());

    private record Bad(String job, byte[] request) {
        Bad(String job, String request) {
            this(job, request.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static List<Bad> all() throws Exception {
        List<Bad> all = new ArrayList<>();
        for (Request<?> good : GOOD) {
            ObjectNode json = (ObjectNode) MAPPER.readTree(Protocol.write(good));
            addWrongFields(all, good.job(), json);
            addWrongText(all, good.job(), json.toString());
        }
        for (String name : List.of("", "Build", "build\0", "🛶", "-h", "--pipe", "../gc", "x".repeat(100_000))) {
            all.add(new Bad(name, "{}"));
        }
        String huge = "x".repeat(TestEngines.amount(20, 100) << 20);
        all.add(new Bad("gc", "{\"version\":1,\"layout\":\"" + huge + "\"}"));
        return all;
    }

    /** Those that may not be missing: older programs don't know all. */
    private static Set<String> required(String job) {
        String reference = Schema.ALL.at("/jobs/" + job + "/request/$ref").asText();
        Set<String> fields = new HashSet<>();
        Schema.ALL.at(reference.substring(1)).path("required").forEach(field -> fields.add(field.asText()));
        return fields;
    }

    /** Each field missing, and of a type that no field has. */
    private static void addWrongFields(List<Bad> all, String job, ObjectNode json) {
        Set<String> required = required(job);
        List<String> fields = new ArrayList<>();
        json.fieldNames().forEachRemaining(fields::add);
        for (String field : fields) {
            if (required.contains(field)) {
                ObjectNode without = json.deepCopy();
                without.remove(field);
                all.add(new Bad(job, without.toString()));
            }
            all.add(new Bad(job, json.deepCopy().put(field, 1.5).toString()));
            ObjectNode nested = json.deepCopy();
            nested.putArray(field).addArray().addObject();
            all.add(new Bad(job, nested.toString()));
        }
        all.add(new Bad(job, json.deepCopy().put("more", 1).toString()));
        all.add(new Bad(job, json.deepCopy().put("version", 2).toString()));
        all.add(new Bad(job, json.deepCopy().put("store", "a\0b").toString()));
    }

    private static void addWrongText(List<Bad> all, String job, String good) throws IOException {
        for (String text :
                List.of("", " ", "null", "[]", "7", "\"\"", "{", "}", "\0", good + good, good + "x", "\uFEFF")) {
            all.add(new Bad(job, text));
        }
        all.add(new Bad(job, good.substring(0, good.length() / 2)));
        all.add(new Bad(job, good.replace('"', '\'')));
        all.add(new Bad(job, "[".repeat(1_000_000)));
        all.add(new Bad(job, "{\"version\":".repeat(100_000)));
        byte[] notUtf8 = good.replace("nonexistent", "~").getBytes(StandardCharsets.UTF_8);
        for (byte[] sequence :
                new byte[][] {{(byte) 0xFF}, {(byte) 0xC0, (byte) 0x80}, {(byte) 0xED, (byte) 0xA0, (byte) 0x80}}) {
            String marked = new String(notUtf8, StandardCharsets.UTF_8)
                    .replace("~", new String(sequence, StandardCharsets.ISO_8859_1));
            all.add(new Bad(job, marked.getBytes(StandardCharsets.ISO_8859_1)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachIsInvalidInput(Kind kind) throws Exception {
        Engine engine = TestEngines.create(kind);
        List<Bad> all = all();
        assertTrue(all.size() >= 200, "only " + all.size());
        for (Bad bad : all) {
            EngineException failure = assertThrows(
                    EngineException.class,
                    () -> engine.open(bad.job(), bad.request(), Credentials.none())
                            .close(),
                    () -> bad.job() + " " + shown(bad.request()));
            assertEquals(
                    ErrorCode.INVALID_INPUT, failure.code(), () -> shown(bad.request()) + ": " + failure.getMessage());
            assertTrue(failure.getMessage().length() < 200_000, "the message quotes too much");
        }
        System.out.println(kind + ": " + all.size() + " malformed requests refused");
    }

    @ParameterizedTest
    @EnumSource
    void equalTexts(Kind kind) throws Exception {
        EngineException failure = assertThrows(EngineException.class, () -> TestEngines.create(kind)
                .open("gc", "{\"version\":9}".getBytes(StandardCharsets.UTF_8), Credentials.none()));
        assertEquals("request of job gc: version: expected version 1", failure.getMessage());
        assertFalse(failure.isRetryable());
    }

    private static String shown(byte[] request) {
        return new String(request, 0, Math.min(request.length, 300), StandardCharsets.UTF_8);
    }
}
