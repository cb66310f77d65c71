package io.jenkins.plugins.pinnace.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.FilePath;
import hudson.model.Computer;
import hudson.model.TaskListener;
import io.jenkins.plugins.pinnace.engine.RunningContainer;
import java.util.concurrent.ExecutionException;
import org.jenkinsci.plugins.workflow.steps.BodyExecution;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.jenkinsci.plugins.workflow.steps.GeneralNonBlockingStepExecution;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * Starts the container, runs the block when it is ready, and takes it down after it. A container does not outlive the
 * connection between Jenkins and the agent, as nobody could take it down then; so a block fails that is still running
 * when Jenkins is back after a restart.
 */
final class WithContainerExecution extends GeneralNonBlockingStepExecution {
    private static final long serialVersionUID = 1;

    private final WithContainerStep step;
    private BodyExecution body;
    private transient volatile RunningContainer container;
    private transient volatile boolean stopped;

    WithContainerExecution(WithContainerStep step, StepContext context) {
        super(context);
        this.step = step;
    }

    @Override
    public boolean start() {
        run(this::open);
        return false;
    }

    /** An abort has been told to the build already: what it leads to here would be a stack trace in its log. */
    private void open() throws Exception {
        try {
            StepContext context = getContext();
            container = step.start(
                    JobContext.of(context).about(step.getImage()).in(JobContext.required(context, FilePath.class)));
            if (stopped) {
                container.close();
                return;
            }
            EnvironmentExpander variables = EnvironmentExpander.constant(step.variables(container.awaitReady()));
            startBody(EnvironmentExpander.merge(context.get(EnvironmentExpander.class), variables));
        } catch (Exception e) {
            if (container != null) {
                container.close();
            }
            if (!stopped) {
                throw e;
            }
        }
    }

    private synchronized void startBody(EnvironmentExpander variables) {
        if (!stopped) {
            body = getContext()
                    .newBodyInvoker()
                    .withContext(variables)
                    .withCallback(new Close())
                    .start();
        }
    }

    private void close() throws Exception {
        if (container == null) {
            return;
        }
        try {
            if (container.hasEnded()) {
                JobContext.required(getContext(), TaskListener.class)
                        .getLogger()
                        .println("warning: the container had ended before the block, with exit code "
                                + container.exitCode());
            }
        } finally {
            container.close();
        }
    }

    /** The end of a block takes the container down; without a block that is done beside, as nothing may wait here. */
    @Override
    public synchronized void stop(@NonNull Throwable cause) throws Exception {
        if (body != null && !body.isDone()) {
            body.cancel(cause);
            return;
        }
        stopped = true;
        super.stop(cause);
        RunningContainer started = container;
        if (started != null) {
            Computer.threadPoolForRemoting.execute(() -> {
                try {
                    started.close();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    @Override
    public synchronized void onResume() {
        AbortException reason = new AbortException("the container ended when Jenkins was restarted");
        if (body == null) {
            getContext().onFailure(reason);
        } else if (!body.cancel(reason)) {
            end();
        }
    }

    /** The block had ended, and the container was being taken down: it is gone now. */
    private void end() {
        try {
            getContext().onSuccess(body.get());
        } catch (ExecutionException e) {
            getContext().onFailure(e.getCause());
        } catch (InterruptedException e) {
            getContext().onFailure(e);
        }
    }

    @Override
    public boolean blocksRestart() {
        return false;
    }

    private final class Close extends TailCall {
        private static final long serialVersionUID = 1;

        @Override
        protected void finished(StepContext context) throws Exception {
            close();
        }
    }
}
