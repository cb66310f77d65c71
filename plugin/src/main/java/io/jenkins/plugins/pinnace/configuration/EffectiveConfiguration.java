package io.jenkins.plugins.pinnace.configuration;

import com.cloudbees.hudson.plugins.folder.AbstractFolder;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Item;
import hudson.model.ItemGroup;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** The registries and environments that are valid in a place: those of its folders, the nearest first, then the global ones. */
public final class EffectiveConfiguration {
    /** An entry and the folder that defines it; Jenkins itself for a global one. */
    public record Defined<T>(T entry, ItemGroup<?> owner) {}

    /** Of one name the first is meant; those behind it still say how their own paths are reached. */
    private final List<Defined<RegistryConfiguration>> registries = new ArrayList<>();

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
            if (registries.stream().noneMatch(nearer -> isReplaced(registry, nearer.entry()))) {
                registries.add(new Defined<>(registry, owner));
            }
        }
        for (EnvironmentConfiguration environment : moreEnvironments) {
            environments.putIfAbsent(environment.getName(), new Defined<>(environment, owner));
        }
    }

    private static boolean isReplaced(RegistryConfiguration registry, RegistryConfiguration nearer) {
        return nearer.getName().equals(registry.getName()) && nearer.prefix().equals(registry.prefix());
    }

    /** Those that can be used, the nearest first. */
    public List<RegistryConfiguration> registries() {
        return registries.stream()
                .map(Defined::entry)
                .filter(registry -> registry.problem() == null)
                .toList();
    }

    /** Why the others can't. */
    List<String> problemsOfRegistries() {
        return registries.stream()
                .map(defined -> defined.entry().problem())
                .filter(Objects::nonNull)
                .toList();
    }

    /** Those that can be used. */
    public List<Defined<EnvironmentConfiguration>> environments() {
        return environments.values().stream()
                .filter(defined -> defined.entry().problem() == null)
                .toList();
    }

    /** Of those that can be used. */
    public Set<String> environmentNames() {
        return environments().stream().map(defined -> defined.entry().getName()).collect(Collectors.toSet());
    }

    /** @throws AbortException if there is none of that name, or it can't be used */
    public RegistryConfiguration registry(String name) throws AbortException {
        Map<String, RegistryConfiguration> named = new LinkedHashMap<>();
        registries.forEach(defined -> named.putIfAbsent(defined.entry().getName(), defined.entry()));
        RegistryConfiguration found = found("registry", "registries", named, name);
        check(found.problem());
        return found;
    }

    /** @throws AbortException if there is none of that name, or it can't be used */
    public Defined<EnvironmentConfiguration> environment(String name) throws AbortException {
        Defined<EnvironmentConfiguration> found = found("environment", "environments", environments, name);
        check(found.entry().problem());
        return found;
    }

    private static <T> T found(String what, String all, Map<String, T> entries, String name) throws AbortException {
        T found = entries.get(name);
        if (found == null) {
            String known = entries.isEmpty()
                    ? "no " + all + " are configured in Jenkins"
                    : all + " that are configured: " + String.join(", ", entries.keySet());
            throw new AbortException("unknown " + what + " \"" + name + "\"; " + known);
        }
        return found;
    }

    private static void check(@CheckForNull String problem) throws AbortException {
        if (problem != null) {
            throw new AbortException(problem);
        }
    }

    /**
     * The environments that can be used, as the text of an environments.yaml; null if there are none.
     *
     * @param target the one that something is promoted to: the others' rules are not asked for; null for none
     * @throws AbortException if the rule of the target can't be followed
     */
    @CheckForNull
    public String environmentsFile(@CheckForNull EnvironmentConfiguration target) throws AbortException {
        ObjectNode file = JsonNodeFactory.instance.objectNode().put("version", 1);
        for (Defined<EnvironmentConfiguration> defined : environments()) {
            EnvironmentConfiguration environment = defined.entry();
            ObjectNode entry = file.putObject(environment.getName()).put("repository", environment.prefix());
            if (environment.isImmutable()) {
                entry.put("immutable", true);
            }
            if (environment == target && !environment.sources().isEmpty()) {
                check(environment.problemOfSources(environmentNames()));
                environment.sources().forEach(entry.putObject("admits").putArray("from")::add);
            }
        }
        return file.size() > 1 ? file.toString() : null;
    }
}
