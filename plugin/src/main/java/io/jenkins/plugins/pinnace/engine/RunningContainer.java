package io.jenkins.plugins.pinnace.engine;

import hudson.AbortException;
import hudson.FilePath;
import io.pinnace.engine.EngineException;
import io.pinnace.engine.Ready;
import io.pinnace.engine.RunRequest;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/**
 * A container on an agent, as the controller sees it. It ends when it is closed, when its program ends, and when the
 * connection to the agent does.
 */
public final class RunningContainer {
    /** Besides what its program is given to end. */
    private static final long LONGEST_END_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final RunRequest request;
    private final Future<byte[]> ended;
    private final ReadyPorts ready;
    private final FilePath scratch;
    private final UnaryOperator<String> words;

    /**
     * @param scratch directory that is there as long as the container is
     * @param words what becomes of what the engine says
     */
    RunningContainer(
            RunRequest request, Future<byte[]> ended, ReadyPorts ready, FilePath scratch, UnaryOperator<String> words) {
        this.request = request;
        this.ended = ended;
        this.ready = ready;
        this.scratch = scratch;
        this.words = words;
    }

    /**
     * Waits until it is ready, as was asked for. An interrupt closes it.
     *
     * @return its ports, in the order in which they were asked for
     * @throws AbortException if it failed or ended before
     */
    public List<Ready.Port> awaitReady() throws IOException, InterruptedException {
        try {
            for (; ; ) {
                try {
                    return ready.ports().get(200, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    if (ended.isDone()) {
                        throw new AbortException(
                                "the container ended with exit code " + exitCode() + " before it was ready");
                    }
                } catch (ExecutionException e) {
                    throw failure(e.getCause(), scratch, words);
                }
            }
        } catch (IOException | InterruptedException e) {
            close();
            throw e;
        }
    }

    /** Whether its program has ended by itself. */
    public boolean hasEnded() {
        return ended.isDone();
    }

    /** Of its program, which has ended. */
    public int exitCode() throws AbortException, InterruptedException {
        try {
            return JobPlace.checked(request, ended.get()).exitCode();
        } catch (ExecutionException e) {
            throw failure(e.getCause(), scratch, words);
        } catch (CancellationException e) {
            throw new AbortException("the container was taken down");
        } catch (EngineException e) {
            throw failure(e, scratch, words);
        }
    }

    /** One line that tells why it could not be started, or failed. */
    static AbortException failure(Throwable reason, FilePath scratch, UnaryOperator<String> words) {
        return AgentWork.isLost(scratch, reason)
                ? new AbortException("the connection to the agent was lost, and the container ended with it")
                : JobPlace.failure(reason, words);
    }

    /** Ends it and waits until nothing is left of it, unless the agent is gone: then the agent does it by itself. */
    public void close() throws InterruptedException {
        ended.cancel(true);
        long start = System.nanoTime();
        long stop = TimeUnit.SECONDS.toNanos(request.stopSeconds() == null ? 0 : request.stopSeconds());
        try {
            while (scratch.exists() && System.nanoTime() - start < stop + LONGEST_END_NANOS) {
                Thread.sleep(50);
            }
        } catch (IOException | RuntimeException e) {
            // The connection is closed.
        }
    }
}
