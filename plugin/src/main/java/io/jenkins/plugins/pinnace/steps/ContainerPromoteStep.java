package io.jenkins.plugins.pinnace.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.ComboBoxModel;
import io.jenkins.plugins.pinnace.Messages;
import io.jenkins.plugins.pinnace.promotion.Promotion;
import io.jenkins.plugins.pinnace.results.PromotedImage;
import java.io.IOException;
import java.util.Set;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.verb.POST;

/** Moves the very same bytes, by digest, into an environment. It needs no agent. */
public final class ContainerPromoteStep extends RegistryStep {
    private static final long serialVersionUID = 1;

    private final String image;
    private final String to;
    private String tag;
    private String as;
    private boolean repair;
    private String reason;

    @DataBoundConstructor
    public ContainerPromoteStep(String image, String to) {
        this.image = image;
        this.to = to;
    }

    public String getImage() {
        return image;
    }

    public String getTo() {
        return to;
    }

    public String getTag() {
        return tag;
    }

    @DataBoundSetter
    public void setTag(String tag) {
        this.tag = Util.fixEmptyAndTrim(tag);
    }

    public String getAs() {
        return as;
    }

    @DataBoundSetter
    public void setAs(String as) {
        this.as = Util.fixEmptyAndTrim(as);
    }

    public boolean isRepair() {
        return repair;
    }

    @DataBoundSetter
    public void setRepair(boolean repair) {
        this.repair = repair;
    }

    public String getReason() {
        return reason;
    }

    @DataBoundSetter
    public void setReason(String reason) {
        this.reason = Util.fixEmptyAndTrim(reason);
    }

    @Override
    public boolean needsWorkspace() {
        return false;
    }

    @Override
    String subject() {
        return image;
    }

    @Override
    public PromotedImage perform(JobContext job) throws IOException, InterruptedException {
        String name = job.expand(Parameters.required("image", image));
        String environment = job.expand(Parameters.required("to", to));
        return new Promotion(
                        job,
                        name,
                        registry(job),
                        environment,
                        job.expand(tag),
                        job.expand(as),
                        repair,
                        job.expand(reason))
                .run();
    }

    @Extension
    public static final class DescriptorImpl extends ContainerStepDescriptor {
        public DescriptorImpl() {
            super("containerPromote");
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, TaskListener.class);
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ContainerPromoteStep_displayName();
        }

        @POST
        public ComboBoxModel doFillToItems(@AncestorInPath Item item) {
            return names(item, effective -> effective.environments().stream()
                    .map(defined -> defined.entry().getName())
                    .toList());
        }
    }
}
