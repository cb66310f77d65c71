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

    /** Here for its type, which the form is made by. */
    @Override
    public ContainerPinStep getStep() {
        return super.getStep();
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
