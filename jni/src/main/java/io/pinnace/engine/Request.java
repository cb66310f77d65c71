package io.pinnace.engine;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The request of a job: a record with all fields of the protocol, null for none. Files and
 * directories are absolute, or relative to where this JVM was started.
 */
public sealed interface Request<R>
        permits BuildRequest,
                CopyRequest,
                GcRequest,
                InspectRequest,
                PinRequest,
                PingRequest,
                PromoteRequest,
                RunRequest {
    /** The name of the job. */
    @JsonIgnore
    String job();

    @JsonIgnore
    Class<R> resultType();

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
