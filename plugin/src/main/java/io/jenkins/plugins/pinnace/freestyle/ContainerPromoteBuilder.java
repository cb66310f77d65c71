package io.jenkins.plugins.pinnace.freestyle;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.pinnace.Messages;
import io.jenkins.plugins.pinnace.steps.ContainerPromoteStep;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code containerPromote} in freestyle projects. */
public final class ContainerPromoteBuilder extends ContainerBuilder<ContainerPromoteStep> {
    @DataBoundConstructor
    public ContainerPromoteBuilder(ContainerPromoteStep step) {
        super(step);
    }

    public ContainerPromoteStep getStep() {
        return step();
    }

    @Extension
    public static final class DescriptorImpl extends DescriptorBase {
        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ContainerPromoteStep_displayName();
        }
    }
}
