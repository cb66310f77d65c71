package io.jenkins.plugins.pinnace.configuration;

import hudson.AbortException;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.pinnace.engine.RegistryAccess;
import io.jenkins.plugins.pinnace.engine.RegistryLogin;
import io.jenkins.plugins.pinnace.text.ImageName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a build may reach: the registries of its place with the credentials that it may use itself. */
public final class BuildAccess {
    private final EffectiveConfiguration configuration;
    private final Run<?, ?> run;
    private final TaskListener listener;

    public BuildAccess(Run<?, ?> run, TaskListener listener) {
        this.configuration = EffectiveConfiguration.in(run.getParent().getParent());
        this.run = run;
        this.listener = listener;
    }

    /**
     * @param named the registry that a step names, whose credentials must be there; null: none
     * @throws AbortException for an unknown registry or unknown credentials
     */
    public RegistryAccess access(String named) throws AbortException {
        if (named != null) {
            configuration.registry(named);
        }
        configuration.problemsOfRegistries().forEach(problem -> listener.getLogger()
                .println("warning: not used: " + problem));
        return new RegistryAccess(
                List.copyOf(settings(configuration).values()),
                List.copyOf(logins(named).values()),
                configuration.environmentsFile(null));
    }

    /** The full name of an image that is written relative to a registry. */
    public String fullName(String image, String named) throws AbortException {
        ImageName name = ImageName.of(image);
        if (name.is(ImageName.Kind.ENVIRONMENT)) {
            configuration.environment(name.environment());
            return image;
        }
        if (!name.beginning().isEmpty()) {
            return name.is(ImageName.Kind.REGISTRY) ? name.rest() : image;
        }
        if (named == null) {
            return image;
        }
        String prefix = configuration.registry(named).prefix();
        return Names.isBelow(image, prefix) ? image : prefix + "/" + image;
    }

    /**
     * The full name of an image that is to be written: in no registry that somebody forgot to name, and in no environment
     * but by a promotion.
     *
     * @param what it is of a step: "tag"
     */
    public String writableName(String what, String image, String named) throws AbortException {
        if (ImageName.of(image).is(ImageName.Kind.ENVIRONMENT)) {
            throw new AbortException(what + " \"" + image
                    + "\": only containerPromote writes into an environment; name a registry here");
        }
        String name = fullName(image, named);
        if (!ImageName.of(name).is(ImageName.Kind.REGISTRY)) {
            return name; // the core says what it makes of it
        }
        if (!Names.isFull(name)) {
            String known = configuration.registries().stream()
                    .map(RegistryConfiguration::getName)
                    .distinct()
                    .collect(Collectors.joining(", "));
            throw new AbortException(what + " \"" + image + "\" names no registry: say registry: 'NAME'"
                    + (known.isEmpty() ? "" : " (there are: " + known + ")")
                    + ", or write the name with its host; that of Docker Hub is docker.io");
        }
        for (EffectiveConfiguration.Defined<EnvironmentConfiguration> defined : configuration.environments()) {
            EnvironmentConfiguration environment = defined.entry();
            if (environment.hasRules() && Names.isInside(name, environment.prefix())) {
                throw new AbortException(what + " \"" + name + "\" is in environment \"" + environment.getName()
                        + "\", which has rules: only containerPromote writes there");
            }
        }
        return name;
    }

    /** By host; of several entries for a host the nearest counts. */
    static Map<String, RegistryAccess.Registry> settings(EffectiveConfiguration configuration) {
        Map<String, RegistryAccess.Registry> settings = new LinkedHashMap<>();
        for (RegistryConfiguration registry : configuration.registries()) {
            String mirror = registry.getMirror() == null ? null : Names.withoutScheme(registry.getMirror());
            settings.putIfAbsent(
                    registry.host(),
                    new RegistryAccess.Registry(
                            registry.host(), registry.isPlainHttp(), mirror, registry.getCaCertificate()));
        }
        return settings;
    }

    private Map<String, RegistryLogin> logins(String named) throws AbortException {
        Map<String, RegistryLogin> logins = new LinkedHashMap<>();
        for (RegistryConfiguration registry : configuration.registries()) {
            if (registry.getCredentialsId() == null || logins.containsKey(registry.prefix())) {
                continue;
            }
            RegistryLogin login = Logins.ofBuild(registry.prefix(), registry.getCredentialsId(), run);
            if (login != null) {
                logins.put(registry.prefix(), login);
            } else if (registry.getName().equals(named)) {
                throw new AbortException("registry \"" + named + "\": there are no credentials \""
                        + registry.getCredentialsId() + "\" that this build may use");
            } else {
                listener.getLogger()
                        .println("warning: registry \"" + registry.getName() + "\" is used without credentials, as \""
                                + registry.getCredentialsId() + "\" is not for this build");
            }
        }
        return logins;
    }
}
