package io.jenkins.plugins.pinnace.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.io.Serializable;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/** Parameters of a job, as a Jenkinsfile or a form gives them, and what is done with them. */
public abstract class ContainerStep extends Step implements Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public final StepExecution start(StepContext context) {
        return new ContainerStepExecution(this, context);
    }

    /**
     * Does the work. Must be idempotent: it is called again when Jenkins was restarted or the agent was lost meanwhile.
     *
     * @return the step's result, something small that can be stored
     * @throws hudson.AbortException with one line that tells why it failed
     */
    public abstract Serializable perform(JobContext context) throws IOException, InterruptedException;

    /** The image that it is about, as its parameters have it; null if they name none. */
    @CheckForNull
    abstract String subject();

    /** Whether it works in a workspace. */
    public boolean needsWorkspace() {
        return true;
    }
}
