package io.jenkins.plugins.pinnace.freestyle;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.EnvVars;
import hudson.FilePath;
import hudson.Launcher;
import hudson.model.AbstractProject;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.Builder;
import io.jenkins.plugins.pinnace.steps.ContainerStep;
import io.jenkins.plugins.pinnace.steps.JobContext;
import java.io.IOException;
import jenkins.model.Jenkins;
import jenkins.tasks.SimpleBuildStep;

/** A step as a build step of freestyle projects: it has the step's parameters, and its form. */
public abstract class ContainerBuilder<S extends ContainerStep> extends Builder implements SimpleBuildStep {
    private final S step;

    ContainerBuilder(S step) {
        this.step = step;
    }

    /** Not a getter: the form takes the type of {@code step} from what Jenkins finds first, and must find the step's own. */
    final S step() {
        return step;
    }

    @Override
    public void perform(
            @NonNull Run<?, ?> run,
            @NonNull FilePath workspace,
            @NonNull EnvVars variables,
            @NonNull Launcher launcher,
            @NonNull TaskListener listener)
            throws IOException, InterruptedException {
        step.perform(new JobContext(run, workspace, variables, Jenkins.getAuthentication2(), listener));
    }

    /** For every kind of project. */
    abstract static class DescriptorBase extends BuildStepDescriptor<Builder> {
        @Override
        public boolean isApplicable(Class<? extends AbstractProject> type) {
            return true;
        }
    }
}
