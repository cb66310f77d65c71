package io.jenkins.plugins.pinnace.steps;

import hudson.Util;
import org.kohsuke.stapler.DataBoundSetter;

/** A step whose images may be written relative to a registry that is configured. */
public abstract class RegistryStep extends ContainerStep {
    private static final long serialVersionUID = 1;

    private String registry;

    public String getRegistry() {
        return registry;
    }

    @DataBoundSetter
    public void setRegistry(String registry) {
        this.registry = Util.fixEmptyAndTrim(registry);
    }

    /** The name of the registry, as the build has it; null: none. */
    final String registry(JobContext job) {
        return job.expand(registry);
    }
}
