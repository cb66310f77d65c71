package io.jenkins.plugins.pinnace.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.pinnace.Messages;
import io.jenkins.plugins.pinnace.configuration.BuildAccess;
import io.jenkins.plugins.pinnace.configuration.SigningKeys;
import io.jenkins.plugins.pinnace.engine.JobPlace;
import io.jenkins.plugins.pinnace.engine.RegistryAccess;
import io.jenkins.plugins.pinnace.results.SignedImage;
import io.pinnace.engine.SignRequest;
import io.pinnace.engine.SignResult;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** Signs an image with a key that Jenkins keeps. */
public final class ContainerSignStep extends RegistryStep {
    private static final long serialVersionUID = 1;

    private static final String KEY = "signing-key.pem";
    private static final String PASSWORD = "signing-key.password";

    private final String image;
    private final String credentialsId;
    private String passwordCredentialsId;
    private String format;
    private boolean recursive;

    @DataBoundConstructor
    public ContainerSignStep(String image, String credentialsId) {
        this.image = image;
        this.credentialsId = credentialsId;
    }

    public String getImage() {
        return image;
    }

    public String getCredentialsId() {
        return credentialsId;
    }

    public String getPasswordCredentialsId() {
        return passwordCredentialsId;
    }

    @DataBoundSetter
    public void setPasswordCredentialsId(String passwordCredentialsId) {
        this.passwordCredentialsId = Util.fixEmptyAndTrim(passwordCredentialsId);
    }

    public String getFormat() {
        return format;
    }

    @DataBoundSetter
    public void setFormat(String format) {
        this.format = Util.fixEmptyAndTrim(format);
    }

    public boolean isRecursive() {
        return recursive;
    }

    @DataBoundSetter
    public void setRecursive(boolean recursive) {
        this.recursive = recursive;
    }

    @Override
    String subject() {
        return image;
    }

    @Override
    public SignedImage perform(JobContext job) throws IOException, InterruptedException {
        BuildAccess registries = job.registries();
        String named = registry(job);
        String name = job.writableImage("image", job.expand(Parameters.required("image", image)), registries, named);
        Map<String, String> secrets = new LinkedHashMap<>();
        secrets.put(KEY, SigningKeys.text(Parameters.required("credentialsId", credentialsId), job.run()));
        if (passwordCredentialsId != null) {
            secrets.put(PASSWORD, SigningKeys.text(passwordCredentialsId, job.run()));
        }
        JobPlace place = job.place();
        RegistryAccess access = registries.access(named).withSecretFiles(secrets);
        SignResult result = place.run(
                settings -> SignRequest.builder(settings)
                        .image(name)
                        .key(place.secretFile(KEY))
                        .keyPassword(passwordCredentialsId == null ? null : "file:" + place.secretFile(PASSWORD))
                        .format(format == null ? "bundle" : format)
                        .recursive(recursive)
                        .build(),
                access,
                job.listener());
        SignedImage signed = SignedImage.of(result);
        job.listener().getLogger().println(signed);
        return signed;
    }

    @Extension
    public static final class DescriptorImpl extends ContainerStepDescriptor {
        public DescriptorImpl() {
            super("containerSign");
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ContainerSignStep_displayName();
        }

        @POST
        public ListBoxModel doFillCredentialsIdItems(@AncestorInPath Item item, @QueryParameter String credentialsId) {
            return SigningKeys.items(item, credentialsId);
        }

        @POST
        public ListBoxModel doFillPasswordCredentialsIdItems(
                @AncestorInPath Item item, @QueryParameter String passwordCredentialsId) {
            return SigningKeys.items(item, passwordCredentialsId);
        }
    }
}
