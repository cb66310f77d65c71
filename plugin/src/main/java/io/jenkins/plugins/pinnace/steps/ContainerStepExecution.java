package io.jenkins.plugins.pinnace.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.FilePath;
import hudson.model.TaskListener;
import hudson.remoting.Channel;
import hudson.remoting.ChannelClosedException;
import java.io.IOException;
import java.io.Serializable;
import java.util.concurrent.TimeUnit;
import org.jenkinsci.plugins.workflow.steps.GeneralNonBlockingStepExecution;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * Runs a step in a thread of its own. What is stored is the step alone: after a restart of Jenkins, and after the agent
 * was lost and is back, the step starts again and does what is missing.
 */
final class ContainerStepExecution extends GeneralNonBlockingStepExecution {
    private static final long serialVersionUID = 1;
    /** As long as the sh step waits for an agent. */
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final ContainerStep step;
    private transient volatile boolean stopped;

    ContainerStepExecution(ContainerStep step, StepContext context) {
        super(context);
        this.step = step;
    }

    @Override
    public boolean start() {
        run(this::work);
        return false;
    }

    @Override
    public void onResume() {
        run(this::work);
    }

    /** It goes on after a restart. */
    @Override
    public boolean blocksRestart() {
        return false;
    }

    @Override
    public void stop(@NonNull Throwable cause) throws Exception {
        stopped = true;
        super.stop(cause);
    }

    /** An abort has been told to the build already: that the job was interrupted would be a stack trace in its log. */
    private void work() throws Exception {
        try {
            getContext().onSuccess(perform());
        } catch (InterruptedException e) {
            if (!stopped) {
                throw e;
            }
        }
    }

    private Serializable perform() throws Exception {
        for (; ; ) {
            FilePath workspace = step.needsWorkspace() ? waitForWorkspace() : null;
            try {
                return step.perform(JobContext.of(getContext(), workspace));
            } catch (IOException | RuntimeException e) {
                if (workspace == null || !isLost(workspace, e)) {
                    throw e;
                }
                say("the connection to the agent was lost; this step starts again when it is back");
            }
        }
    }

    @NonNull
    private FilePath waitForWorkspace() throws Exception {
        long start = System.nanoTime();
        boolean said = false;
        for (; ; ) {
            FilePath workspace = workspace();
            if (workspace != null) {
                return workspace;
            }
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new AbortException(
                        "the agent is not back after " + TimeUnit.NANOSECONDS.toMinutes(PATIENCE_NANOS) + " minutes");
            }
            if (!said) {
                say("waiting for the agent");
                said = true;
            }
            Thread.sleep(500);
        }
    }

    /** Null while its agent is not connected. */
    private FilePath workspace() throws InterruptedException {
        try {
            FilePath workspace = getContext().get(FilePath.class);
            return workspace == null || isClosed(workspace) || workspace.toComputer() == null ? null : workspace;
        } catch (IOException e) {
            return null; // that is how an agent that is offline is told
        }
    }

    private static boolean isClosed(FilePath workspace) {
        return workspace.getChannel() instanceof Channel channel && channel.isClosingOrClosed();
    }

    private static boolean isLost(FilePath workspace, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ChannelClosedException) {
                return true;
            }
        }
        return isClosed(workspace) && !(failure instanceof AbortException);
    }

    private void say(String line) throws Exception {
        JobContext.required(getContext(), TaskListener.class).getLogger().println(line);
    }
}
