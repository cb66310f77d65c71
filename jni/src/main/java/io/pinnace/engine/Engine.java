package io.pinnace.engine;

/**
 * Runs jobs of the core: in this JVM ({@link JniEngine}) or in a process of its own ({@link
 * ProcessEngine}). Both speak the same protocol (docs/formats/job-protocol.md) and give equal
 * results and errors. Safe to use from several threads; jobs run side by side.
 */
public interface Engine {
    /**
     * Checks a request and makes its job; no work is done yet.
     *
     * @param name the job's
     * @param request its JSON text, UTF-8
     * @param credentials copied; may be closed as soon as this returns
     * @throws EngineException {@link ErrorCode#INVALID_INPUT} for an unknown job, and a request or
     *     credentials that are not as the protocol says
     */
    Job<byte[]> open(String name, byte[] request, Credentials credentials) throws EngineException, InterruptedException;

    /** The version of the core. */
    String version();

    /** As {@link #open(String, byte[], Credentials)}, typed. */
    default <R> Job<R> open(Request<R> request, Credentials credentials) throws EngineException, InterruptedException {
        return new TypedJob<>(request, open(request.job(), request.toJson(), credentials));
    }

    /** Opens, runs and closes a job. */
    default <R> R run(Request<R> request, Credentials credentials, EventListener listener)
            throws EngineException, InterruptedException {
        try (Job<R> job = open(request, credentials)) {
            return job.run(listener);
        }
    }
}
