package io.jenkins.plugins.pinnace.freestyle;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.pinnace.Messages;
import io.jenkins.plugins.pinnace.steps.ContainerBuildStep;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code containerBuild} in freestyle projects. */
public final class ContainerBuildBuilder extends ContainerBuilder<ContainerBuildStep> {
    @DataBoundConstructor
    public ContainerBuildBuilder(ContainerBuildStep step) {
        super(step);
    }

    public ContainerBuildStep getStep() {
        return step();
    }

    @Extension
    public static final class DescriptorImpl extends DescriptorBase {
        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ContainerBuildStep_displayName();
        }
    }
}
