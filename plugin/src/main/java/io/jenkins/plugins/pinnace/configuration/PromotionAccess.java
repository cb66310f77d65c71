package io.jenkins.plugins.pinnace.configuration;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.ItemGroup;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.security.AccessControlled;
import io.jenkins.plugins.pinnace.configuration.EffectiveConfiguration.Defined;
import io.jenkins.plugins.pinnace.engine.RegistryAccess;
import io.jenkins.plugins.pinnace.engine.RegistryLogin;
import io.jenkins.plugins.pinnace.text.ImageName;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a promotion may reach. To read, what the build may; into an environment, with the credentials of the environment,
 * which are looked up as the system's where the environment is defined. How the registry of an environment is reached is
 * said where the environment is defined, or above: a folder can't lead the credentials of others elsewhere.
 */
public final class PromotionAccess {
    private final EffectiveConfiguration configuration;
    private final Defined<EnvironmentConfiguration> target;
    private final Run<?, ?> run;
    private final TaskListener listener;

    /** @throws AbortException for an unknown environment */
    public PromotionAccess(Run<?, ?> run, String environment, TaskListener listener) throws AbortException {
        ItemGroup<?> place = run.getParent().getParent();
        this.target = EffectiveConfiguration.in(place).environment(environment);
        this.configuration = EffectiveConfiguration.of(target.owner(), place);
        this.run = run;
        this.listener = listener;
    }

    /** Of the agents that it runs on; null: it runs on the controller. */
    @CheckForNull
    public String label() {
        return target.entry().getPromotionLabel();
    }

    /** Whether a build may promote there that nobody started and nobody approved. */
    public boolean isUnattended() {
        return target.entry().isUnattended();
    }

    /** Where the environments are configured that this writes into, or reads with credentials that no build may use. */
    public Set<AccessControlled> owners(String image) {
        Set<AccessControlled> owners = new LinkedHashSet<>();
        owners.add(Access.place(target.owner()));
        for (Defined<EnvironmentConfiguration> defined : configuration.environments()) {
            if (isNeeded(defined.entry(), image) && defined.entry().getCredentialsId() != null) {
                owners.add(Access.place(defined.owner()));
            }
        }
        return owners;
    }

    /** Images come from places that an administrator knows: a registry or an environment, never files of the controller. */
    public void checkSource(String image) throws AbortException {
        boolean known = ImageName.of(image).is(ImageName.Kind.ENVIRONMENT)
                || configuration.registries().stream().anyMatch(registry -> Names.isBelow(image, registry.prefix()))
                || configuration.environments().stream()
                        .anyMatch(
                                defined -> Names.isBelow(image, defined.entry().prefix()));
        if (!known) {
            throw new AbortException(
                    "image \"" + image + "\" is in no registry and no environment that is configured in Jenkins");
        }
    }

    public RegistryAccess access(String image) throws AbortException {
        RegistryAccess build = new BuildAccess(run, listener).access(null);
        Map<String, RegistryAccess.Registry> settings = BuildAccess.settings(configuration);
        Map<String, RegistryLogin> logins = new LinkedHashMap<>();
        build.logins().forEach(login -> logins.put(login.key(), login));
        for (Defined<EnvironmentConfiguration> defined : configuration.environments()) {
            if (isNeeded(defined.entry(), image)) {
                checkApart(defined);
                add(defined, settings, logins);
            }
        }
        return new RegistryAccess(
                List.copyOf(settings.values()),
                List.copyOf(logins.values()),
                configuration.environmentsFile(target.entry()));
    }

    /** The target, those that must hold the image, and the one that it is taken from. */
    private boolean isNeeded(EnvironmentConfiguration environment, String image) {
        ImageName name = ImageName.of(image);
        return environment == target.entry()
                || target.entry().sources().contains(environment.getName())
                || name.is(ImageName.Kind.ENVIRONMENT) && name.environment().equals(environment.getName())
                || Names.isBelow(image, environment.prefix());
    }

    /** Credentials are found by where an image is: those of others, brought to read, must not serve to write. */
    private void checkApart(Defined<EnvironmentConfiguration> other) throws AbortException {
        String there = other.entry().prefix();
        String here = target.entry().prefix();
        boolean overlap = there.equals(here) || Names.isBelow(there, here) || Names.isBelow(here, there);
        if (other.owner() != target.owner() && overlap) {
            throw new AbortException(
                    "environment \"" + target.entry().getName() + "\" at " + here + " and environment \""
                            + other.entry().getName() + "\" at " + there
                            + " overlap, and are not configured in the same place; nothing is promoted from one to the"
                            + " other");
        }
    }

    private void add(
            Defined<EnvironmentConfiguration> defined,
            Map<String, RegistryAccess.Registry> settings,
            Map<String, RegistryLogin> logins)
            throws AbortException {
        EnvironmentConfiguration environment = defined.entry();
        String host = Names.host(environment.prefix());
        RegistryAccess.Registry own =
                BuildAccess.settings(EffectiveConfiguration.in(defined.owner())).get(host);
        settings.remove(host);
        if (own != null) {
            settings.put(host, own);
        }
        if (environment.getCredentialsId() == null) {
            return;
        }
        RegistryLogin login =
                Logins.ofSystem(environment.prefix(), environment.getCredentialsId(), defined.owner(), run);
        if (login == null) {
            throw new AbortException("environment \"" + environment.getName() + "\": there are no credentials \""
                    + environment.getCredentialsId() + "\" where it is configured");
        }
        logins.put(environment.prefix(), login);
    }
}
