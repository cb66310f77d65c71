package io.jenkins.plugins.pinnace.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.pinnace.Messages;
import io.jenkins.plugins.pinnace.configuration.BuildAccess;
import io.jenkins.plugins.pinnace.engine.JobPlace;
import io.jenkins.plugins.pinnace.engine.JobResults;
import io.jenkins.plugins.pinnace.engine.RegistryAccess;
import io.jenkins.plugins.pinnace.page.BuildContainers;
import io.jenkins.plugins.pinnace.results.BuiltImage;
import io.jenkins.plugins.pinnace.results.ImageDifference;
import io.pinnace.engine.BuildRequest;
import io.pinnace.engine.BuildResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** Builds an image from a definition, and pushes it while it is made. */
public final class ContainerBuildStep extends RegistryStep {
    private static final long serialVersionUID = 1;

    private final String definition;
    private ArrayList<String> tags = new ArrayList<>();
    private String context;
    private String lock;
    private boolean locked;
    private String target;
    private ArrayList<String> buildArgs = new ArrayList<>();
    private ArrayList<String> platforms = new ArrayList<>();
    private ArrayList<String> labels = new ArrayList<>();
    private String compression;
    private Long sourceDateEpoch;
    private ArrayList<String> secrets = new ArrayList<>();
    private ArrayList<String> sshAgents = new ArrayList<>();
    private boolean noCache;
    private ArrayList<String> cacheFrom = new ArrayList<>();
    private String cacheTo;
    private boolean verifyReproducible;
    private String contextModes;
    private boolean withoutSbom;
    private boolean withoutProvenance;
    private boolean withoutChanges;

    @DataBoundConstructor
    public ContainerBuildStep(String definition) {
        this.definition = definition;
    }

    /** Configurations of projects that were written by hand lack what is empty. */
    private Object readResolve() {
        tags = Parameters.copy(tags);
        buildArgs = Parameters.copy(buildArgs);
        platforms = Parameters.copy(platforms);
        labels = Parameters.copy(labels);
        secrets = Parameters.copy(secrets);
        sshAgents = Parameters.copy(sshAgents);
        cacheFrom = Parameters.copy(cacheFrom);
        return this;
    }

    public String getDefinition() {
        return definition;
    }

    public List<String> getTags() {
        return List.copyOf(tags);
    }

    @DataBoundSetter
    public void setTags(List<String> tags) {
        this.tags = Parameters.copy(tags);
    }

    public String getContext() {
        return context;
    }

    @DataBoundSetter
    public void setContext(String context) {
        this.context = Util.fixEmptyAndTrim(context);
    }

    public String getLock() {
        return lock;
    }

    @DataBoundSetter
    public void setLock(String lock) {
        this.lock = Util.fixEmptyAndTrim(lock);
    }

    public boolean isLocked() {
        return locked;
    }

    @DataBoundSetter
    public void setLocked(boolean locked) {
        this.locked = locked;
    }

    public String getTarget() {
        return target;
    }

    @DataBoundSetter
    public void setTarget(String target) {
        this.target = Util.fixEmptyAndTrim(target);
    }

    public List<String> getBuildArgs() {
        return List.copyOf(buildArgs);
    }

    @DataBoundSetter
    public void setBuildArgs(List<String> buildArgs) {
        this.buildArgs = Parameters.copy(buildArgs);
    }

    public List<String> getPlatforms() {
        return List.copyOf(platforms);
    }

    @DataBoundSetter
    public void setPlatforms(List<String> platforms) {
        this.platforms = Parameters.copy(platforms);
    }

    public List<String> getLabels() {
        return List.copyOf(labels);
    }

    @DataBoundSetter
    public void setLabels(List<String> labels) {
        this.labels = Parameters.copy(labels);
    }

    public String getCompression() {
        return compression;
    }

    @DataBoundSetter
    public void setCompression(String compression) {
        this.compression = Util.fixEmptyAndTrim(compression);
    }

    public Long getSourceDateEpoch() {
        return sourceDateEpoch;
    }

    @DataBoundSetter
    public void setSourceDateEpoch(Long sourceDateEpoch) {
        this.sourceDateEpoch = sourceDateEpoch;
    }

    public List<String> getSecrets() {
        return List.copyOf(secrets);
    }

    @DataBoundSetter
    public void setSecrets(List<String> secrets) {
        this.secrets = Parameters.copy(secrets);
    }

    public List<String> getSshAgents() {
        return List.copyOf(sshAgents);
    }

    @DataBoundSetter
    public void setSshAgents(List<String> sshAgents) {
        this.sshAgents = Parameters.copy(sshAgents);
    }

    public boolean isNoCache() {
        return noCache;
    }

    @DataBoundSetter
    public void setNoCache(boolean noCache) {
        this.noCache = noCache;
    }

    public List<String> getCacheFrom() {
        return List.copyOf(cacheFrom);
    }

    @DataBoundSetter
    public void setCacheFrom(List<String> cacheFrom) {
        this.cacheFrom = Parameters.copy(cacheFrom);
    }

    public String getCacheTo() {
        return cacheTo;
    }

    @DataBoundSetter
    public void setCacheTo(String cacheTo) {
        this.cacheTo = Util.fixEmptyAndTrim(cacheTo);
    }

    public boolean isVerifyReproducible() {
        return verifyReproducible;
    }

    @DataBoundSetter
    public void setVerifyReproducible(boolean verifyReproducible) {
        this.verifyReproducible = verifyReproducible;
    }

    public String getContextModes() {
        return contextModes;
    }

    @DataBoundSetter
    public void setContextModes(String contextModes) {
        this.contextModes = Util.fixEmptyAndTrim(contextModes);
    }

    public boolean isSbom() {
        return !withoutSbom;
    }

    @DataBoundSetter
    public void setSbom(boolean sbom) {
        this.withoutSbom = !sbom;
    }

    public boolean isProvenance() {
        return !withoutProvenance;
    }

    @DataBoundSetter
    public void setProvenance(boolean provenance) {
        this.withoutProvenance = !provenance;
    }

    public boolean isChanges() {
        return !withoutChanges;
    }

    @DataBoundSetter
    public void setChanges(boolean changes) {
        this.withoutChanges = !changes;
    }

    @Override
    String subject() {
        return tags.isEmpty() ? definition : tags.get(0);
    }

    @Override
    public BuiltImage perform(JobContext job) throws IOException, InterruptedException {
        BuildAccess registries = job.registries();
        String named = registry(job);
        List<String> references = new ArrayList<>();
        for (String tag : job.expand(tags)) {
            references.add(job.writableImage("tag", tag, registries, named));
        }
        Map<String, String> arguments = Parameters.pairs("buildArgs", job.expand(buildArgs));
        Map<String, String> labelled = Parameters.pairs("labels", job.expand(labels));
        Map<String, String> files = Parameters.pairs("secrets", secrets);
        files.replaceAll((id, path) -> "file:" + job.file(path));
        Map<String, String> sockets = Parameters.pairs("sshAgents", job.expand(sshAgents));
        List<String> readCaches = images(cacheFrom, job, registries, named);
        String written = cacheTo == null ? null : job.writableImage("cache", job.expand(cacheTo), registries, named);
        String file = job.file(Parameters.required("definition", definition));
        JobPlace place = job.place();
        RegistryAccess access = registries.access(named);
        String environments = place.environmentsFile(access);
        BuildResult result = place.run(
                settings -> BuildRequest.builder(settings)
                        .definition(file)
                        .context(job.file(context))
                        .lock(job.file(lock))
                        .locked(locked)
                        .target(job.expand(target))
                        .buildArgs(arguments)
                        .platforms(job.expand(platforms))
                        .tags(references)
                        .labels(labelled)
                        .compression(compression)
                        .sourceDateEpoch(sourceDateEpoch)
                        .secrets(files)
                        .sshAgents(sockets)
                        .noCache(noCache)
                        .cacheFrom(readCaches)
                        .cacheTo(written)
                        .verifyReproducible(verifyReproducible)
                        .contextModes(contextModes)
                        .sbom(isSbom())
                        .provenance(isProvenance())
                        .invocation(job.invocation())
                        .environments(environments)
                        .build(),
                access,
                job.listener());
        JobResults.checkReferences(result, references);
        BuildContainers.of(job.run()).add(result, job.listener());
        boolean isCompared = isChanges() && !result.references().isEmpty();
        ImageDifference changes = isCompared
                ? new Comparison(job, access)
                        .sinceLastSuccess(result.references().get(0))
                : null;
        return BuiltImage.of(result, changes);
    }

    private static List<String> images(List<String> names, JobContext job, BuildAccess registries, String registry)
            throws AbortException {
        List<String> images = new ArrayList<>();
        for (String name : job.expand(names)) {
            images.add(job.image(name, registries, registry));
        }
        return images;
    }

    @Extension
    public static final class DescriptorImpl extends ContainerStepDescriptor {
        public DescriptorImpl() {
            super("containerBuild", "tags", "buildArgs", "platforms", "labels", "secrets", "sshAgents", "cacheFrom");
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ContainerBuildStep_displayName();
        }
    }
}
