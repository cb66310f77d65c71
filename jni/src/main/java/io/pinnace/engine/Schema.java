package io.pinnace.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Holds JSON to the schema of the job protocol (docs/formats/job-protocol.schema.json), whose form is that of
 * core/json/fields.hpp and no more of JSON Schema. Texts must be plain, too, as base::printable() of the core makes them:
 * on one line without what steers a terminal or hides in it; those that may have several lines may hide something. JSON of
 * others, as the configuration of an image, is not looked into.
 */
final class Schema {
    /** The file as it is. */
    static final JsonNode ALL = load();

    /** Of a terminal: control characters, and what turns the reading round. */
    private static final Pattern STEERS =
            Pattern.compile("[[\\p{Cc}&&[^\t]]\\p{Cs}\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]");

    /** What can't be seen in a text; but it is part of what other languages and emoji are written with. */
    private static final Pattern HIDES = Pattern.compile(
            "[\\u00ad\\u180e\\u200b-\\u200d\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\x{e0000}-\\x{e007f}]");

    /** Those of the schema. */
    private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

    private static final int MAX_SHOWN = 80;

    private Schema() {}

    /** @throws EngineException {@link ErrorCode#INTERNAL} for what is not as the schema says */
    static void checkResult(String job, JsonNode result) throws EngineException {
        JsonNode schema = ALL.path("jobs").path(job).path("result");
        if (schema.isMissingNode()) {
            throw new IllegalArgumentException("there is no job " + job);
        }
        check("result of job " + job, schema, result);
    }

    /** @throws EngineException {@link ErrorCode#INTERNAL} for what is not as the schema says */
    static void checkEvent(String job, String event, JsonNode said) throws EngineException {
        check("event " + event, ALL.path("jobs").path(job).path("events").path(event), said);
    }

    private static void check(String where, JsonNode schema, JsonNode value) throws EngineException {
        if (schema.has("anyOf")) { // something, or null
            if (!value.isNull()) {
                check(where, schema.path("anyOf").path(0), value);
            }
            return;
        }
        if (schema.has("$ref")) {
            JsonNode definition = ALL.at(schema.path("$ref").asText().substring(1));
            checkMembers(where, definition, value);
            return;
        }
        JsonNode types = schema.path("type");
        if (types.isArray() && value.isNull()) {
            return;
        }
        switch (types.isArray() ? types.path(0).asText() : types.asText()) {
            case "string" -> checkText(where, schema, value);
            case "integer" -> checkInteger(where, schema, value);
            case "boolean" -> expect(value.isBoolean(), where, "true or false", value);
            case "array" -> checkItems(where, schema, value);
            case "object" -> checkNames(where, schema, value);
            default -> throw new IllegalStateException("the schema of " + where);
        }
    }

    private static void checkMembers(String where, JsonNode definition, JsonNode value) throws EngineException {
        expect(value.isObject(), where, "an object", value);
        JsonNode properties = definition.path("properties");
        for (JsonNode name : definition.path("required")) {
            expect(value.has(name.asText()), where, "a field " + name.asText(), value);
        }
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            String name = member.getKey();
            expect(properties.has(name), where, "no other fields", name);
            check(where + ": " + name, properties.path(name), member.getValue());
        }
    }

    /** Of an object whose names are data. */
    private static void checkNames(String where, JsonNode schema, JsonNode value) throws EngineException {
        expect(value.isObject(), where, "an object", value);
        checkNumber(where, schema.path("maxProperties"), value.size(), "names");
        if (!schema.has("additionalProperties")) {
            return;
        }
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            expect(!STEERS.matcher(member.getKey()).find(), where, "plain names", member.getKey());
            check(where + ": " + shown(member.getKey()), schema.path("additionalProperties"), member.getValue());
        }
    }

    private static void checkItems(String where, JsonNode schema, JsonNode value) throws EngineException {
        expect(value.isArray(), where, "a list", value);
        checkNumber(where, schema.path("maxItems"), value.size(), "items");
        for (Iterator<JsonNode> items = value.elements(); items.hasNext(); ) {
            check(where, schema.path("items"), items.next());
        }
    }

    private static void checkNumber(String where, JsonNode most, int size, String what) throws EngineException {
        if (most.isNumber() && size > most.asInt()) {
            throw failure(where, "at most " + most.asInt(), size + " " + what);
        }
    }

    private static void checkText(String where, JsonNode schema, JsonNode value) throws EngineException {
        expect(value.isTextual(), where, "a text", value);
        String text = value.asText();
        JsonNode most = schema.path("maxLength");
        if (most.isNumber() && text.codePointCount(0, text.length()) > most.asInt()) {
            throw failure(where, "at most " + most.asInt() + " characters", text);
        }
        boolean hasLines = schema.path("format").asText().equals("lines");
        String line = hasLines ? text.replace("\n", "").replace("\r", "") : text;
        boolean isPlain = !STEERS.matcher(line).find()
                && (hasLines || !HIDES.matcher(line).find());
        expect(isPlain, where, "plain text", text);
        JsonNode pattern = schema.path("pattern");
        if (pattern.isTextual()) {
            Pattern wanted = PATTERNS.computeIfAbsent(pattern.asText(), Pattern::compile);
            expect(wanted.matcher(text).matches(), where, "another text", text);
        }
    }

    private static void checkInteger(String where, JsonNode schema, JsonNode value) throws EngineException {
        boolean fits = value.isIntegralNumber()
                && value.canConvertToLong()
                && value.asLong() >= schema.path("minimum").asLong(Long.MIN_VALUE)
                && value.asLong() <= schema.path("maximum").asLong(Long.MAX_VALUE);
        expect(fits, where, "an integer from " + schema.path("minimum") + " to " + schema.path("maximum"), value);
    }

    private static void expect(boolean holds, String where, String expected, JsonNode found) throws EngineException {
        if (!holds) {
            throw failure(where, expected, found.isTextual() ? found.asText() : found.toString());
        }
    }

    private static void expect(boolean holds, String where, String expected, String found) throws EngineException {
        if (!holds) {
            throw failure(where, expected, found);
        }
    }

    private static EngineException failure(String where, String expected, String found) {
        return new EngineException(
                ErrorCode.INTERNAL, where + " \"" + shown(found) + "\" is refused: expected " + expected);
    }

    private static String shown(String text) {
        String beginning = text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
        return STEERS.matcher(beginning).replaceAll("\ufffd");
    }

    private static JsonNode load() {
        try (InputStream file = Schema.class.getResourceAsStream("job-protocol.schema.json")) {
            return Protocol.readTree("schema", file.readAllBytes());
        } catch (IOException | EngineException e) {
            throw new IllegalStateException("job-protocol.schema.json", e);
        }
    }
}
