package io.jenkins.plugins.pinnace.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.FilePath;
import io.jenkins.plugins.pinnace.engine.AgentWork;
import java.io.IOException;
import java.io.Serializable;
import org.jenkinsci.plugins.workflow.steps.GeneralNonBlockingStepExecution;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * Runs a step in a thread of its own. What is stored is the step alone: after a restart of Jenkins, and after the agent
 * was lost and is back, the step starts again and does what is missing.
 */
final class ContainerStepExecution extends GeneralNonBlockingStepExecution {
    private static final long serialVersionUID = 1;

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
        JobContext job = JobContext.of(getContext()).about(step.subject());
        return step.needsWorkspace()
                ? AgentWork.run(
                        "the agent", this::workspace, workspace -> step.perform(job.in(workspace)), job.listener())
                : step.perform(job);
    }

    /** Null while its agent is not connected. */
    @CheckForNull
    private FilePath workspace() throws InterruptedException {
        try {
            FilePath workspace = getContext().get(FilePath.class);
            return workspace == null || workspace.toComputer() == null ? null : workspace;
        } catch (IOException e) {
            return null; // that is how an agent that is offline is told
        }
    }
}
