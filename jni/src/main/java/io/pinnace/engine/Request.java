package io.pinnace.engine;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The request of a job: a record with all fields of the protocol, null for none, which a builder makes. Files and
 * directories are absolute, or relative to where this JVM was started.
 */
public interface Request<R> {
    /** The name of the job. */
    @JsonIgnore
    String job();

    @JsonIgnore
    Class<R> resultType();

    /** Whether the job may start containers, for which a JVM must name an executable in {@link Sandbox}. */
    @JsonIgnore
    default boolean startsContainers() {
        return false;
    }

    /**
     * The JSON text, UTF-8, for {@link Engine#open(String, byte[], Credentials)}.
     *
     * @throws EngineException {@link ErrorCode#INVALID_INPUT} for text that has no UTF-8
     */
    default byte[] toJson() throws EngineException {
        return Protocol.write(this);
    }

    @JsonProperty("version")
    default int protocolVersion() {
        return Protocol.VERSION;
    }
}
