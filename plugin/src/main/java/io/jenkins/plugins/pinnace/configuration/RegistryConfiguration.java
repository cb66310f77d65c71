package io.jenkins.plugins.pinnace.configuration;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.model.ItemGroup;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.pinnace.Messages;
import java.util.Objects;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** A registry by name: where it is and what opens it. */
public class RegistryConfiguration extends AbstractDescribableImpl<RegistryConfiguration> {
    private final String name;
    private final String url;
    private String mirror;
    private String credentialsId;
    private String caCertificate;
    private boolean plainHttp;

    /** @param url "host[:port]" or "host[:port]/path"; "https://" before it does not matter */
    @DataBoundConstructor
    public RegistryConfiguration(String name, String url) {
        this.name = Util.fixNull(name).strip();
        this.url = Util.fixNull(url).strip();
    }

    /** What is read from XML has passed no constructor and no setter: an element may be missing. */
    private Object readResolve() {
        RegistryConfiguration read = new RegistryConfiguration(name, url);
        read.setMirror(mirror);
        read.setCredentialsId(credentialsId);
        read.setCaCertificate(caCertificate);
        read.setPlainHttp(plainHttp);
        return read;
    }

    public String getName() {
        return name;
    }

    public String getUrl() {
        return url;
    }

    public String getMirror() {
        return mirror;
    }

    @DataBoundSetter
    public void setMirror(String mirror) {
        this.mirror = Util.fixEmptyAndTrim(mirror);
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    @DataBoundSetter
    public void setCredentialsId(String credentialsId) {
        this.credentialsId = Util.fixEmptyAndTrim(credentialsId);
    }

    public String getCaCertificate() {
        return caCertificate;
    }

    @DataBoundSetter
    public void setCaCertificate(String caCertificate) {
        this.caCertificate = Util.fixEmptyAndTrim(caCertificate);
    }

    public boolean isPlainHttp() {
        return plainHttp;
    }

    @DataBoundSetter
    public void setPlainHttp(boolean plainHttp) {
        this.plainHttp = plainHttp;
    }

    /** What references in it start with, without "/" at the end. */
    public String prefix() {
        return Names.withoutScheme(url);
    }

    /** "host[:port]". */
    public String host() {
        return Names.host(prefix());
    }

    /** Why it can't be used; null if it can. Configuration as Code has no form that checks. */
    @CheckForNull
    String problem() {
        String where = "registry \"" + name + "\": ";
        if (!Names.isName(name)) {
            return where + "it can't be called so";
        }
        if (!Names.isPrefix(prefix())) {
            return where + "URL \"" + url + "\": " + Names.expected(prefix(), Messages.Names_prefix());
        }
        if (mirror != null && !Names.isMirror(Names.withoutScheme(mirror))) {
            return where + "mirror \"" + mirror + "\": "
                    + Names.expected(Names.withoutScheme(mirror), Messages.Names_mirror());
        }
        return null;
    }

    @Extension
    public static class DescriptorImpl extends Descriptor<RegistryConfiguration> {
        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.RegistryConfiguration_displayName();
        }

        @POST
        public ListBoxModel doFillCredentialsIdItems(
                @AncestorInPath ItemGroup<?> context, @QueryParameter String credentialsId) {
            return CredentialsItems.forBuilds(context, credentialsId);
        }

        @POST
        public FormValidation doCheckName(@AncestorInPath ItemGroup<?> context, @QueryParameter String value) {
            return Access.mayConfigure(context) ? Names.checkName(value) : FormValidation.ok();
        }

        @POST
        public FormValidation doCheckUrl(@AncestorInPath ItemGroup<?> context, @QueryParameter String value) {
            return Access.mayConfigure(context) ? Names.checkPrefix(value) : FormValidation.ok();
        }

        @POST
        public FormValidation doCheckMirror(@AncestorInPath ItemGroup<?> context, @QueryParameter String value) {
            boolean unchecked = Util.fixEmptyAndTrim(value) == null || !Access.mayConfigure(context);
            return unchecked ? FormValidation.ok() : Names.checkMirror(value);
        }

        @POST
        public FormValidation doCheckCaCertificate(@AncestorInPath ItemGroup<?> context, @QueryParameter String value) {
            return Access.mayConfigure(context) ? Certificates.check(value) : FormValidation.ok();
        }

        @POST
        public FormValidation doTestConnection(
                @AncestorInPath ItemGroup<?> context,
                @QueryParameter String url,
                @QueryParameter String credentialsId,
                @QueryParameter String caCertificate,
                @QueryParameter boolean plainHttp)
                throws InterruptedException {
            Access.checkConfigure(context);
            RegistryConfiguration registry = new RegistryConfiguration("test", url);
            registry.setCredentialsId(credentialsId);
            registry.setCaCertificate(caCertificate);
            registry.setPlainHttp(plainHttp);
            return ConnectionTest.run(registry, Objects.requireNonNullElse(context, Access.root()));
        }
    }
}
