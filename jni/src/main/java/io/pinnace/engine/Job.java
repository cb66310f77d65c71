package io.pinnace.engine;

/**
 * One piece of work that can be run once. Jobs are idempotent: the same request in a new job gives
 * the same result, and does only what is missing.
 */
public interface Job<R> extends AutoCloseable {
    /**
     * Does the work and blocks until it is done; events arrive on this thread. An interrupt of this
     * thread cancels the job. An exception of the listener does, too, and is thrown.
     *
     * @throws InterruptedException the job was cancelled; it has ended, and left nothing half done
     * @throws EngineException it failed; {@link ErrorCode#CONFLICT} if it is closed, is running or
     *     has run
     */
    R run(EventListener listener) throws EngineException, InterruptedException;

    /** From any thread, at any time, any number of times: the job ends within a second. */
    void cancel();

    /**
     * Lets go of the job and its credentials. Closing it again does nothing.
     *
     * @throws IllegalStateException while it runs
     */
    @Override
    void close();
}
