package io.pinnace.engine;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs a job on a thread of its own, where its events arrive. So an interrupt of the caller cancels the job whatever the
 * events do: some listeners swallow one that comes while they write a line.
 */
public final class JobThread {
    private JobThread() {}

    /** As {@link Job#run}. */
    public static <R> R run(Job<R> job, EventListener events) throws EngineException, InterruptedException {
        FutureTask<R> work = new FutureTask<>(() -> job.run(events));
        Thread thread = new Thread(work, Thread.currentThread().getName() + " runs a job of Pinnace");
        thread.setDaemon(true);
        thread.start();
        try {
            return Cancellation.await(work::get, job::cancel);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InterruptedException cancelled) {
                Thread.interrupted(); // that is what the exception tells
                throw cancelled;
            }
            throw failure(e.getCause());
        }
    }

    private static EngineException failure(Throwable cause) {
        if (cause instanceof EngineException known) {
            return known;
        }
        if (cause instanceof RuntimeException unexpected) {
            throw unexpected;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        throw new IllegalStateException(cause);
    }
}
