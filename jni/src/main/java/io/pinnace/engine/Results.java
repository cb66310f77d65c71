package io.pinnace.engine;

/** Reads results that were handed on as bytes, by somebody who need not be trusted. */
public final class Results {
    private Results() {}

    /**
     * Reads the result of a job. Fields that are missing, unknown, or of another type are refused; what the texts in
     * it say is not checked.
     *
     * @param job its name, for messages
     * @param maxBytes longer ones are refused unread
     * @throws EngineException {@link ErrorCode#INTERNAL}
     */
    public static <R> R read(String job, Class<R> type, byte[] json, int maxBytes) throws EngineException {
        if (json.length > maxBytes) {
            throw new EngineException(
                    ErrorCode.INTERNAL,
                    "result of job " + job + ": it has " + json.length + " bytes, and may have " + maxBytes);
        }
        return Protocol.readResult(job, type, json);
    }
}
