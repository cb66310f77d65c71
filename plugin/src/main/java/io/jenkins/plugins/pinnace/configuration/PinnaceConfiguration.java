package io.jenkins.plugins.pinnace.configuration;

import hudson.Extension;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.pinnace.engine.EngineKind;
import java.util.ArrayList;
import java.util.List;
import jenkins.model.GlobalConfiguration;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.jenkinsci.Symbol;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.StaplerRequest2;
import org.kohsuke.stapler.verb.POST;

/** What an administrator sets for everybody. */
@Extension
@Symbol("pinnace")
public class PinnaceConfiguration extends GlobalConfiguration {
    private EngineKind engine = EngineKind.PROCESS;
    private List<RegistryConfiguration> registries = new ArrayList<>();
    private List<EnvironmentConfiguration> environments = new ArrayList<>();

    public PinnaceConfiguration() {
        load();
    }

    public static PinnaceConfiguration get() {
        return GlobalConfiguration.all().getInstance(PinnaceConfiguration.class);
    }

    /** On agents; the controller has processes only. */
    public EngineKind getEngine() {
        return engine;
    }

    @DataBoundSetter
    public void setEngine(EngineKind engine) {
        this.engine = engine == null ? EngineKind.PROCESS : engine;
        save();
    }

    public List<RegistryConfiguration> getRegistries() {
        return List.copyOf(registries);
    }

    @DataBoundSetter
    public void setRegistries(List<RegistryConfiguration> registries) {
        this.registries = registries == null ? new ArrayList<>() : new ArrayList<>(registries);
        save();
    }

    public List<EnvironmentConfiguration> getEnvironments() {
        return List.copyOf(environments);
    }

    @DataBoundSetter
    public void setEnvironments(List<EnvironmentConfiguration> environments) {
        this.environments = environments == null ? new ArrayList<>() : new ArrayList<>(environments);
        save();
    }

    /** An empty list is no entry in the form. */
    @Override
    public boolean configure(StaplerRequest2 request, JSONObject form) {
        registries = new ArrayList<>();
        environments = new ArrayList<>();
        request.bindJSON(this, form);
        save();
        return true;
    }

    @POST
    public ListBoxModel doFillEngineItems() {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return EngineKind.items();
    }
}
