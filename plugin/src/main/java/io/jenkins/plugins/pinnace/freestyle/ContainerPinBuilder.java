package io.jenkins.plugins.pinnace.freestyle;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.pinnace.Messages;
import io.jenkins.plugins.pinnace.steps.ContainerPinStep;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code containerPin} in freestyle projects. */
public final class ContainerPinBuilder extends ContainerBuilder<ContainerPinStep> {
    @DataBoundConstructor
    public ContainerPinBuilder(ContainerPinStep step) {
        super(step);
    }

    public ContainerPinStep getStep() {
        return step();
    }

    @Extension
    public static final class DescriptorImpl extends DescriptorBase {
        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ContainerPinStep_displayName();
        }
    }
}
