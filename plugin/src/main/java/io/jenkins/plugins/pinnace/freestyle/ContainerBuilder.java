package io.jenkins.plugins.pinnace.freestyle;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.EnvVars;
import hudson.ExtensionList;
import hudson.FilePath;
import hudson.Launcher;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.AbstractProject;
import hudson.model.Descriptor;
import hudson.model.Items;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.tasks.BuildStepDescriptor;
import hudson.tasks.Builder;
import io.jenkins.plugins.pinnace.steps.ContainerStep;
import io.jenkins.plugins.pinnace.steps.ContainerStepDescriptor;
import io.jenkins.plugins.pinnace.steps.JobContext;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import jenkins.model.Jenkins;
import jenkins.tasks.SimpleBuildStep;
import net.sf.json.JSONObject;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.StaplerRequest2;

/** Any step as a build step of freestyle projects: it has the step's parameters, and its form. */
public final class ContainerBuilder extends Builder implements SimpleBuildStep {
    /** Each step had a builder of its own once, and projects have them in their configuration. */
    private static final List<String> FORMER = List.of("Build", "Inspect", "Pin", "Promote");

    private final ContainerStep step;

    @DataBoundConstructor
    public ContainerBuilder(ContainerStep step) {
        this.step = Objects.requireNonNull(step, "step");
    }

    /** One without a step, as a file may have it, can't be shown: Jenkins leaves it out, and tells administrators. */
    private Object readResolve() {
        return new ContainerBuilder(step);
    }

    public ContainerStep getStep() {
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

    /** There is one for each step. */
    @Override
    public Descriptor<Builder> getDescriptor() {
        return Builder.all().stream()
                .filter(each -> each instanceof DescriptorImpl ours && ours.getStepDescriptor() == step.getDescriptor())
                .findFirst()
                .orElseThrow();
    }

    @Initializer(before = InitMilestone.PLUGINS_STARTED)
    public static void readFormerNames() {
        for (String name : FORMER) {
            String former = ContainerBuilder.class.getPackageName() + ".Container" + name + "Builder";
            Items.XSTREAM2.addCompatibilityAlias(former, ContainerBuilder.class);
        }
    }

    @Initializer(after = InitMilestone.EXTENSIONS_AUGMENTED, before = InitMilestone.JOB_LOADED)
    public static void addForEachStep() {
        for (ContainerStepDescriptor each : ExtensionList.lookup(ContainerStepDescriptor.class)) {
            if (ContainerStep.class.isAssignableFrom(each.clazz)) {
                Builder.all().add(new DescriptorImpl(each));
            }
        }
    }

    /** Of a step in every kind of project. */
    public static final class DescriptorImpl extends BuildStepDescriptor<Builder> {
        private final ContainerStepDescriptor stepDescriptor;

        private DescriptorImpl(ContainerStepDescriptor stepDescriptor) {
            super(ContainerBuilder.class);
            this.stepDescriptor = stepDescriptor;
        }

        /** For the form. */
        public ContainerStepDescriptor getStepDescriptor() {
            return stepDescriptor;
        }

        @Override
        public String getId() {
            return ContainerBuilder.class.getName() + "-" + stepDescriptor.getFunctionName();
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return stepDescriptor.getDisplayName();
        }

        @Override
        public Builder newInstance(@CheckForNull StaplerRequest2 request, JSONObject form) throws FormException {
            return new ContainerBuilder(
                    (ContainerStep) stepDescriptor.newInstance(request, form.getJSONObject("step")));
        }

        @Override
        public boolean isApplicable(@SuppressWarnings("rawtypes") Class<? extends AbstractProject> type) {
            return true;
        }
    }
}
