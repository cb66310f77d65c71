package io.jenkins.plugins.pinnace.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.FilePath;
import hudson.model.TaskListener;
import hudson.remoting.Channel;
import hudson.remoting.ChannelClosedException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Work on an agent that may not be connected, and that may go away in the middle: it waits for the agent, and starts again
 * when the agent is back.
 */
public final class AgentWork {
    /** What ends its agent each time, or an agent that only says that it is lost, must end some time. */
    private static final int MAX_STARTS = 5;
    /** As long as the sh step waits for an agent. */
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** Finds a directory of the agent. */
    public interface Place {
        /** Null while the agent is not connected. */
        @CheckForNull
        FilePath find() throws IOException, InterruptedException;
    }

    /** Something idempotent. */
    public interface Work<R> {
        R in(FilePath place) throws IOException, InterruptedException;
    }

    private AgentWork() {}

    /** @param agent what it is called in the log: "the agent" */
    public static <R> R run(String agent, Place place, Work<R> work, TaskListener listener)
            throws IOException, InterruptedException {
        for (int start = 1; ; start++) {
            FilePath found = await(agent, place, listener);
            try {
                return work.in(found);
            } catch (IOException | RuntimeException e) {
                if (!isClosed(found) || !isLost(found, e)) {
                    throw e;
                }
                if (start == MAX_STARTS) {
                    throw new AbortException("the connection to " + agent + " was lost each of the " + start
                            + " times that this step started");
                }
                listener.getLogger()
                        .println("the connection to the agent was lost; this step starts again when it is back");
                TimeUnit.SECONDS.sleep(start);
            }
        }
    }

    private static FilePath await(String agent, Place place, TaskListener listener)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        boolean said = false;
        for (; ; ) {
            FilePath found = place.find();
            if (found != null && !isClosed(found)) {
                return found;
            }
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new AbortException(agent + " is not connected, and was waited for "
                        + TimeUnit.NANOSECONDS.toMinutes(PATIENCE_NANOS) + " minutes");
            }
            if (!said) {
                listener.getLogger().println("waiting for " + agent);
                said = true;
            }
            Thread.sleep(500);
        }
    }

    /** Whether work failed because the connection to its agent did. */
    static boolean isLost(FilePath place, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ChannelClosedException) {
                return true;
            }
        }
        return isClosed(place) && !(failure instanceof AbortException);
    }

    private static boolean isClosed(FilePath place) {
        return place.getChannel() instanceof Channel channel && channel.isClosingOrClosed();
    }
}
