package io.jenkins.plugins.pinnace.configuration;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.model.ItemGroup;
import hudson.model.Label;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.pinnace.Messages;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** A place that images are promoted to. Only forms and JCasC define one, never a workspace. */
public class EnvironmentConfiguration extends AbstractDescribableImpl<EnvironmentConfiguration> {
    private final String name;
    private final String repository;
    private String credentialsId;
    private boolean immutable;
    private String from;
    private String promotionLabel;
    private boolean unattended;

    /** @param repository "host[:port]/path" that its images are below */
    @DataBoundConstructor
    public EnvironmentConfiguration(String name, String repository) {
        this.name = Util.fixNull(name).strip();
        this.repository = Util.fixNull(repository).strip();
    }

    /** What is read from XML has passed no constructor and no setter: an element may be missing. */
    private Object readResolve() {
        EnvironmentConfiguration read = new EnvironmentConfiguration(name, repository);
        read.setCredentialsId(credentialsId);
        read.setImmutable(immutable);
        read.setFrom(from);
        read.setPromotionLabel(promotionLabel);
        read.setUnattended(unattended);
        return read;
    }

    public String getName() {
        return name;
    }

    public String getRepository() {
        return repository;
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    /** Looked up as the system's, so that no build can use them for anything else. */
    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public boolean isImmutable() {
        return immutable;
    }

    @DataBoundSetter
    public void setImmutable(boolean immutable) {
        this.immutable = immutable;
    }

    /** Environments, between spaces or commas, one of which must hold an image before it comes here; null: any image. */
    public String getFrom() {
        return from;
    }

    @DataBoundSetter
    public void setFrom(String from) {
        this.from = Util.fixEmptyAndTrim(from);
    }

    public List<String> sources() {
        return from == null
                ? List.of()
                : Arrays.stream(from.split("[,\\s]+"))
                        .filter(name -> !name.isEmpty())
                        .toList();
    }

    public String getPromotionLabel() {
        return promotionLabel;
    }

    /** Agents that promotions to here run on; null: the controller. */
    @DataBoundSetter
    public void setPromotionLabel(String promotionLabel) {
        this.promotionLabel = Util.fixEmptyAndTrim(promotionLabel);
    }

    public boolean isUnattended() {
        return unattended;
    }

    /** Whether a build may promote to here that nobody started and nobody approved, as one by a timer. */
    @DataBoundSetter
    public void setUnattended(boolean unattended) {
        this.unattended = unattended;
    }

    /** Whether only promotions may write there. */
    boolean hasRules() {
        return immutable || !sources().isEmpty();
    }

    /** What references in it start with, without "/" at the end. */
    public String prefix() {
        return Names.withoutScheme(repository);
    }

    /** Why it can't be used; null if it can. Configuration as Code has no form that checks. */
    @CheckForNull
    String problem() {
        String where = "environment \"" + name + "\": ";
        if (!isName(name)) {
            return where + "it can't be called so";
        }
        if (!Names.isRepository(prefix())) {
            return where + "repository \"" + repository + "\": "
                    + Names.expected(prefix(), Messages.Names_repository());
        }
        return null;
    }

    /**
     * Why nothing can be admitted to it; null if something can.
     *
     * @param known environments that can be used
     */
    @CheckForNull
    String problemOfSources(Set<String> known) {
        for (String source : sources()) {
            if (source.equals(name) || !known.contains(source)) {
                return "environment \"" + name + "\": it admits from \"" + source + "\", which is "
                        + (source.equals(name) ? "itself" : "no environment that can be used");
            }
        }
        return null;
    }

    /** "version" says in an environments.yaml which version it has. */
    private static boolean isName(String name) {
        return Names.isName(name) && !name.equals("version");
    }

    @Extension
    public static class DescriptorImpl extends Descriptor<EnvironmentConfiguration> {
        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.EnvironmentConfiguration_displayName();
        }

        @POST
        public ListBoxModel doFillCredentialsIdItems(
                @AncestorInPath ItemGroup<?> context, @QueryParameter String credentialsId) {
            return CredentialsItems.forPromotion(context, credentialsId);
        }

        @POST
        public FormValidation doCheckName(@AncestorInPath ItemGroup<?> context, @QueryParameter String value) {
            boolean fits =
                    !Access.mayConfigure(context) || isName(Util.fixNull(value).strip());
            return fits ? FormValidation.ok() : FormValidation.error(Messages.Names_name());
        }

        @POST
        public FormValidation doCheckRepository(@AncestorInPath ItemGroup<?> context, @QueryParameter String value) {
            return Access.mayConfigure(context) ? Names.checkRepository(value) : FormValidation.ok();
        }

        /** An environment that is not saved yet may be in the same form. */
        @POST
        public FormValidation doCheckFrom(
                @AncestorInPath ItemGroup<?> context, @QueryParameter String value, @QueryParameter String name) {
            if (!Access.mayConfigure(context)) {
                return FormValidation.ok();
            }
            EnvironmentConfiguration entry = new EnvironmentConfiguration(name, null);
            entry.setFrom(value);
            if (entry.sources().contains(entry.getName())) {
                return FormValidation.error(Messages.EnvironmentConfiguration_fromItself());
            }
            Set<String> known = EffectiveConfiguration.in(Objects.requireNonNullElse(context, Access.root()))
                    .environmentNames();
            List<String> unknown = entry.sources().stream()
                    .filter(source -> !known.contains(source))
                    .toList();
            return unknown.isEmpty()
                    ? FormValidation.ok()
                    : FormValidation.warning(
                            Messages.EnvironmentConfiguration_unknownSource(String.join(", ", unknown)));
        }

        @POST
        public FormValidation doCheckPromotionLabel(
                @AncestorInPath ItemGroup<?> context, @QueryParameter String value) {
            if (!Access.mayConfigure(context) || Util.fixEmptyAndTrim(value) == null) {
                return FormValidation.ok();
            }
            Label label = Label.get(value.strip());
            return label == null || label.isEmpty()
                    ? FormValidation.warning(Messages.EnvironmentConfiguration_noAgent())
                    : FormValidation.ok();
        }
    }
}
