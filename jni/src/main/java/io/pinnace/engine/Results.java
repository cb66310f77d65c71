package io.pinnace.engine;

/** Results and events that are handed on as bytes, by somebody who need not be trusted. */
public final class Results {
    private Results() {}

    /**
     * Reads the result of a job, which must be as the protocol's schema says: all fields are there, of their types and
     * within their limits, and every text is plain, without what steers a terminal. Whether it is true is not checked.
     *
     * @param maxBytes longer ones are refused unread
     * @throws EngineException {@link ErrorCode#INTERNAL}
     */
    public static <R> R read(Request<R> request, byte[] json, int maxBytes) throws EngineException {
        String what = "result of job " + request.job();
        if (json.length > maxBytes) {
            throw new EngineException(
                    ErrorCode.INTERNAL, what + ": it has " + json.length + " bytes, and may have " + maxBytes);
        }
        Schema.checkResult(request.job(), Protocol.readTree(what, json));
        return Protocol.readResult(request, json);
    }

    /** Reads what says that a container is ready, in the same way. */
    public static Ready readReady(byte[] json, int maxBytes) throws EngineException {
        if (json.length > maxBytes) {
            throw new EngineException(ErrorCode.INTERNAL, "event ready: more than " + maxBytes + " bytes");
        }
        return Protocol.readReady(Protocol.readTree("event ready", json));
    }

    /** What {@link #readReady} reads. */
    public static byte[] write(Ready ready) throws EngineException {
        return Protocol.write(ready);
    }
}
