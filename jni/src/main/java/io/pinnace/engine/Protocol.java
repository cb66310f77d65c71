package io.pinnace.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.databind.util.LRUMap;
import com.fasterxml.jackson.databind.util.LookupCache;
import java.io.IOException;
import java.util.List;

/** JSON of the job protocol. What comes back is read strictly: it is not trusted. */
final class Protocol {
    static final int VERSION = 1;

    /** Jackson's common cache of types would keep our class loader, and with it the library. */
    private static final LookupCache<Object, JavaType> TYPES = new LRUMap<>(16, 200);

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .typeFactory(TypeFactory.defaultInstance().withCache(TYPES))
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .build();

    private record ErrorText(String code, String message, List<String> context) {}

    private Protocol() {}

    static byte[] write(Request<?> request) throws EngineException {
        try {
            return MAPPER.writeValueAsBytes(request);
        } catch (JsonProcessingException e) {
            // A text with half of a surrogate pair has no UTF-8.
            throw new EngineException(
                    ErrorCode.INVALID_INPUT, "request of job " + request.job() + ": " + e.getOriginalMessage());
        }
    }

    static <R> R readResult(Request<R> request, byte[] json) throws EngineException {
        return read(MAPPER.readerFor(request.resultType()), "result of job " + request.job(), json);
    }

    /** @throws EngineException {@link ErrorCode#INTERNAL} for what is not as the protocol's schema says */
    static Ready readReady(JsonNode event) throws EngineException {
        Schema.checkEvent("run", "ready", event);
        return read(MAPPER.readerFor(Ready.class), "event ready", write(event));
    }

    /** @param what it is, for messages */
    static JsonNode readTree(String what, byte[] json) throws EngineException {
        return read(MAPPER.readerFor(JsonNode.class), what, json);
    }

    /** @param json a tree, or a record of the protocol */
    static byte[] write(Object json) throws EngineException {
        try {
            return MAPPER.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new EngineException(ErrorCode.INTERNAL, e.getOriginalMessage(), e);
        }
    }

    /** The exception for an error of the core. */
    static EngineException error(byte[] json) {
        try {
            ErrorText error = read(MAPPER.readerFor(ErrorText.class), "error of the core", json);
            return new EngineException(ErrorCode.of(error.code()), error.message(), error.context());
        } catch (EngineException e) {
            return e;
        }
    }

    private static <T> T read(ObjectReader reader, String what, byte[] json) throws EngineException {
        try {
            T value = reader.readValue(json);
            if (value == null) {
                throw new EngineException(ErrorCode.INTERNAL, what + ": expected an object, got null");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new EngineException(ErrorCode.INTERNAL, what + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new EngineException(ErrorCode.INTERNAL, what + ": " + e.getMessage(), e);
        }
    }
}
