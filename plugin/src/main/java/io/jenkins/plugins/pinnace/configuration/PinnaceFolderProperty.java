package io.jenkins.plugins.pinnace.configuration;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import com.cloudbees.hudson.plugins.folder.AbstractFolderProperty;
import com.cloudbees.hudson.plugins.folder.AbstractFolderPropertyDescriptor;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.pinnace.Messages;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** Registries and environments of a folder; they win over those of the same name above it. */
public class PinnaceFolderProperty extends AbstractFolderProperty<AbstractFolder<?>> {
    private List<RegistryConfiguration> registries = new ArrayList<>();
    private List<EnvironmentConfiguration> environments = new ArrayList<>();

    @DataBoundConstructor
    public PinnaceFolderProperty() {}

    /** What is read from XML has passed no constructor: a list may be missing. */
    private Object readResolve() {
        setRegistries(registries);
        setEnvironments(environments);
        return this;
    }

    public List<RegistryConfiguration> getRegistries() {
        return List.copyOf(registries);
    }

    @DataBoundSetter
    public void setRegistries(List<RegistryConfiguration> registries) {
        this.registries = PinnaceConfiguration.present(registries);
    }

    public List<EnvironmentConfiguration> getEnvironments() {
        return List.copyOf(environments);
    }

    @DataBoundSetter
    public void setEnvironments(List<EnvironmentConfiguration> environments) {
        this.environments = PinnaceConfiguration.present(environments);
    }

    @Extension
    @Symbol("pinnace")
    public static class DescriptorImpl extends AbstractFolderPropertyDescriptor {
        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.PinnaceFolderProperty_displayName();
        }
    }
}
