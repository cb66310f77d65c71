package io.jenkins.plugins.pinnace.freestyle;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.pinnace.Messages;
import io.jenkins.plugins.pinnace.steps.ContainerInspectStep;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code containerInspect} in freestyle projects. */
public final class ContainerInspectBuilder extends ContainerBuilder<ContainerInspectStep> {
    @DataBoundConstructor
    public ContainerInspectBuilder(ContainerInspectStep step) {
        super(step);
    }

    public ContainerInspectStep getStep() {
        return step();
    }

    @Extension
    public static final class DescriptorImpl extends DescriptorBase {
        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ContainerInspectStep_displayName();
        }
    }
}
