package io.pinnace.engine;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * Asks a registry whether it is there and takes the credentials.
 *
 * @param registry "host:port", or "host/path" whose credentials are used
 */
public record PingRequest(@JsonUnwrapped JobSettings settings, String registry) implements Request<PingResult> {
    @Override
    public String job() {
        return "ping";
    }

    @Override
    public Class<PingResult> resultType() {
        return PingResult.class;
    }
}
