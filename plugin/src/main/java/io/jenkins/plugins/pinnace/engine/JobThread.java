package io.jenkins.plugins.pinnace.engine;

import io.pinnace.engine.EngineException;
import io.pinnace.engine.EventListener;
import io.pinnace.engine.Job;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs a job on a thread of its own, where its events arrive. So an interrupt of the caller cancels the job whatever the
 * events do: the connection of a WebSocket agent swallows one that comes while a line is written to the log.
 */
final class JobThread {
    private JobThread() {}

    /** As {@link Job#run}. */
    static byte[] run(Job<byte[]> job, EventListener events) throws EngineException, InterruptedException {
        FutureTask<byte[]> work = new FutureTask<>(() -> job.run(events));
        Thread thread = new Thread(work, Thread.currentThread().getName() + " runs a job of Pinnace");
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        try {
            for (; ; ) {
                try {
                    return work.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                    job.cancel();
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InterruptedException cancelled) {
                interrupted = false; // that is what the exception tells
                throw cancelled;
            }
            throw failure(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
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
