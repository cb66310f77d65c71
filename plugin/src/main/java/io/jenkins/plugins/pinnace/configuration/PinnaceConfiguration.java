package io.jenkins.plugins.pinnace.configuration;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.pinnace.Messages;
import io.jenkins.plugins.pinnace.engine.EngineKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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

    /** What is read from XML has passed no setter. */
    private Object readResolve() {
        registries = present(registries);
        environments = present(environments);
        return this;
    }

    /** The entries that are there. */
    static <T> List<T> present(@CheckForNull List<T> entries) {
        List<T> present = new ArrayList<>();
        if (entries != null) {
            entries.stream().filter(Objects::nonNull).forEach(present::add);
        }
        return present;
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
        this.registries = present(registries);
        save();
    }

    public List<EnvironmentConfiguration> getEnvironments() {
        return List.copyOf(environments);
    }

    @DataBoundSetter
    public void setEnvironments(List<EnvironmentConfiguration> environments) {
        this.environments = present(environments);
        save();
    }

    /**
     * Takes over the whole form or nothing of it. What an environment admits from may be wrong: the form says so and keeps
     * it, as nothing comes into such an environment until it is right.
     */
    @Override
    public boolean configure(StaplerRequest2 request, JSONObject form) throws FormException {
        EngineKind newEngine = EngineKind.valueOf(form.getString("engine"));
        List<RegistryConfiguration> newRegistries =
                request.bindJSONToList(RegistryConfiguration.class, form.opt("registries"));
        List<EnvironmentConfiguration> newEnvironments =
                request.bindJSONToList(EnvironmentConfiguration.class, form.opt("environments"));
        check(newRegistries, newEnvironments);
        engine = newEngine;
        registries = newRegistries;
        environments = newEnvironments;
        save();
        return true;
    }

    private static void check(List<RegistryConfiguration> registries, List<EnvironmentConfiguration> environments)
            throws FormException {
        Set<String> names = new HashSet<>();
        for (RegistryConfiguration registry : registries) {
            check("registries", registry.problem());
            checkOnce("registries", registry.getName(), names);
        }
        names.clear();
        for (EnvironmentConfiguration environment : environments) {
            check("environments", environment.problem());
            checkOnce("environments", environment.getName(), names);
        }
    }

    private static void check(String field, @CheckForNull String problem) throws FormException {
        if (problem != null) {
            throw new FormException(problem, field);
        }
    }

    private static void checkOnce(String field, String name, Set<String> names) throws FormException {
        check(field, names.add(name) ? null : Messages.PinnaceConfiguration_twice(name));
    }

    @POST
    public ListBoxModel doFillEngineItems() {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        return EngineKind.items();
    }
}
