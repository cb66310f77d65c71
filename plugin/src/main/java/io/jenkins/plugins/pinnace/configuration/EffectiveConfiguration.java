package io.jenkins.plugins.pinnace.configuration;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hudson.AbortException;
import hudson.model.Item;
import hudson.model.ItemGroup;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The registries and environments that are valid in a place: those of its folders, the nearest first, then the global ones. */
public final class EffectiveConfiguration {
    /** An entry and the folder that defines it; Jenkins itself for a global one. */
    public record Defined<T>(T entry, ItemGroup<?> owner) {}

    private final Map<String, Defined<RegistryConfiguration>> registries = new LinkedHashMap<>();
    private final Map<String, Defined<EnvironmentConfiguration>> environments = new LinkedHashMap<>();

    private EffectiveConfiguration() {}

    /** In {@code place}, and below it. */
    public static EffectiveConfiguration in(ItemGroup<?> place) {
        EffectiveConfiguration effective = new EffectiveConfiguration();
        effective.addAllOf(place);
        return effective;
    }

    /**
     * For a promotion in {@code place} into an environment that {@code owner} defines: a name is first what it is to the
     * owner. So a folder can't change what the rules of an environment of others mean.
     */
    static EffectiveConfiguration of(ItemGroup<?> owner, ItemGroup<?> place) {
        EffectiveConfiguration effective = in(owner);
        effective.addAllOf(place);
        return effective;
    }

    private void addAllOf(ItemGroup<?> place) {
        ItemGroup<?> group = place;
        while (group instanceof Item item) {
            if (group instanceof AbstractFolder<?> folder) {
                add(folder);
            }
            group = item.getParent();
        }
        PinnaceConfiguration global = PinnaceConfiguration.get();
        add(global.getRegistries(), global.getEnvironments(), Access.root());
    }

    private void add(AbstractFolder<?> folder) {
        PinnaceFolderProperty property = folder.getProperties().get(PinnaceFolderProperty.class);
        if (property != null) {
            add(property.getRegistries(), property.getEnvironments(), folder);
        }
    }

    private void add(
            List<RegistryConfiguration> moreRegistries,
            List<EnvironmentConfiguration> moreEnvironments,
            ItemGroup<?> owner) {
        for (RegistryConfiguration registry : moreRegistries) {
            registries.putIfAbsent(registry.getName(), new Defined<>(registry, owner));
        }
        for (EnvironmentConfiguration environment : moreEnvironments) {
            environments.putIfAbsent(environment.getName(), new Defined<>(environment, owner));
        }
    }

    public List<RegistryConfiguration> registries() {
        return registries.values().stream().map(Defined::entry).toList();
    }

    public Collection<Defined<EnvironmentConfiguration>> environments() {
        return environments.values();
    }

    /** @throws AbortException if there is none of that name */
    public RegistryConfiguration registry(String name) throws AbortException {
        Defined<RegistryConfiguration> found = registries.get(name);
        if (found == null) {
            throw new AbortException("unknown registry \"" + name + "\"; " + known("registries", registries));
        }
        return checked(found.entry());
    }

    /** @throws AbortException if there is none of that name, or it can't be what it says */
    public Defined<EnvironmentConfiguration> environment(String name) throws AbortException {
        Defined<EnvironmentConfiguration> found = environments.get(name);
        if (found == null) {
            throw new AbortException("unknown environment \"" + name + "\"; " + known("environments", environments));
        }
        checked(found.entry());
        return found;
    }

    private static String known(String what, Map<String, ?> names) {
        return names.isEmpty()
                ? "no " + what + " are configured in Jenkins"
                : what + " that are configured: " + String.join(", ", names.keySet());
    }

    /** Configuration as Code has no form that checks. */
    static RegistryConfiguration checked(RegistryConfiguration registry) throws AbortException {
        if (!Names.isPrefix(registry.prefix())) {
            throw new AbortException("registry \"" + registry.getName() + "\": URL \"" + registry.getUrl()
                    + "\" is not host[:port][/path]");
        }
        return registry;
    }

    private static void checked(EnvironmentConfiguration environment) throws AbortException {
        String prefix = environment.prefix();
        if (!Names.isName(environment.getName()) || environment.getName().equals("version")) {
            throw new AbortException("environment \"" + environment.getName() + "\": it can't be called so");
        }
        if (!Names.isPrefix(prefix) || !prefix.contains("/")) {
            throw new AbortException("environment \"" + environment.getName() + "\": repository \""
                    + environment.getRepository() + "\" is not host[:port]/path");
        }
    }

    /** All environments as the text of an environments.yaml. */
    public String environmentsFile() throws AbortException {
        ObjectNode file = JsonNodeFactory.instance.objectNode().put("version", 1);
        for (Defined<EnvironmentConfiguration> defined : environments.values()) {
            EnvironmentConfiguration environment = defined.entry();
            checked(environment);
            ObjectNode entry = file.putObject(environment.getName()).put("repository", environment.prefix());
            if (environment.isImmutable()) {
                entry.put("immutable", true);
            }
            if (!environment.sources().isEmpty()) {
                environment.sources().forEach(entry.putObject("admits").putArray("from")::add);
            }
        }
        return file.toString();
    }
}
