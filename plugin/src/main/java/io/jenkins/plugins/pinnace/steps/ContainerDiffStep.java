package io.jenkins.plugins.pinnace.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.pinnace.Messages;
import io.jenkins.plugins.pinnace.configuration.BuildAccess;
import io.jenkins.plugins.pinnace.results.ImageDifference;
import java.io.IOException;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** Says what changed from one image to another, also on the page of the build. */
public final class ContainerDiffStep extends RegistryStep {
    private static final long serialVersionUID = 1;

    private final String from;
    private final String to;
    private String platform;
    private String source;
    private String report;

    @DataBoundConstructor
    public ContainerDiffStep(String from, String to) {
        this.from = from;
        this.to = to;
    }

    public String getFrom() {
        return from;
    }

    public String getTo() {
        return to;
    }

    public String getPlatform() {
        return platform;
    }

    @DataBoundSetter
    public void setPlatform(String platform) {
        this.platform = Util.fixEmptyAndTrim(platform);
    }

    public String getSource() {
        return source;
    }

    @DataBoundSetter
    public void setSource(String source) {
        this.source = Util.fixEmptyAndTrim(source);
    }

    public String getReport() {
        return report;
    }

    @DataBoundSetter
    public void setReport(String report) {
        this.report = Util.fixEmptyAndTrim(report);
    }

    @Override
    String subject() {
        return to;
    }

    @Override
    public ImageDifference perform(JobContext job) throws IOException, InterruptedException {
        BuildAccess registries = job.registries();
        String named = registry(job);
        Comparison comparison = new Comparison(job, registries.access(named));
        ImageDifference difference = comparison.of(
                job.image(job.expand(Parameters.required("from", from)), registries, named),
                job.image(job.expand(Parameters.required("to", to)), registries, named),
                new Comparison.Options(job.expand(platform), job.file(source == null ? "." : source), report));
        job.listener().getLogger().println(difference);
        return difference;
    }

    @Extension
    public static final class DescriptorImpl extends ContainerStepDescriptor {
        public DescriptorImpl() {
            super("containerDiff");
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ContainerDiffStep_displayName();
        }
    }
}
