package io.jenkins.plugins.pinnace.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.pinnace.Messages;
import io.jenkins.plugins.pinnace.configuration.BuildAccess;
import io.jenkins.plugins.pinnace.engine.JobPlace;
import io.jenkins.plugins.pinnace.engine.RegistryAccess;
import io.jenkins.plugins.pinnace.results.VerifiedImage;
import io.pinnace.engine.VerifyRequest;
import io.pinnace.engine.VerifyResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** Fails unless an image is signed by the keys, or is as the policy wants it. */
public final class ContainerVerifyStep extends RegistryStep {
    private static final long serialVersionUID = 1;

    private final String image;
    private ArrayList<String> keys = new ArrayList<>();
    private String need;
    private String policy;
    private boolean returnResult;

    @DataBoundConstructor
    public ContainerVerifyStep(String image) {
        this.image = image;
    }

    private Object readResolve() {
        keys = Parameters.copy(keys);
        return this;
    }

    public String getImage() {
        return image;
    }

    public List<String> getKeys() {
        return List.copyOf(keys);
    }

    @DataBoundSetter
    public void setKeys(List<String> keys) {
        this.keys = Parameters.copy(keys);
    }

    public String getNeed() {
        return need;
    }

    @DataBoundSetter
    public void setNeed(String need) {
        this.need = Util.fixEmptyAndTrim(need);
    }

    public String getPolicy() {
        return policy;
    }

    @DataBoundSetter
    public void setPolicy(String policy) {
        this.policy = Util.fixEmptyAndTrim(policy);
    }

    public boolean isReturnResult() {
        return returnResult;
    }

    @DataBoundSetter
    public void setReturnResult(boolean returnResult) {
        this.returnResult = returnResult;
    }

    @Override
    String subject() {
        return image;
    }

    @Override
    public VerifiedImage perform(JobContext job) throws IOException, InterruptedException {
        BuildAccess registries = job.registries();
        String named = registry(job);
        String name = job.image(job.expand(Parameters.required("image", image)), registries, named);
        List<String> files = keys.stream().map(job::file).toList();
        JobPlace place = job.place();
        RegistryAccess access = registries.access(named);
        String environments = place.environmentsFile(access);
        VerifyResult result = place.run(
                settings -> VerifyRequest.builder(settings)
                        .image(name)
                        .keys(files)
                        .need(need == null ? "all" : job.expand(need))
                        .policy(job.file(policy))
                        .environments(environments)
                        .build(),
                access,
                job.listener());
        VerifiedImage verified = VerifiedImage.of(result);
        verified.getReasons().forEach(reason -> job.listener().getLogger().println("not verified: " + reason));
        if (!verified.isVerified() && !returnResult) {
            throw new AbortException(
                    name + " is not verified: " + verified.getReasons().size()
                            + (verified.getReasons().size() == 1 ? " reason, above" : " reasons, above"));
        }
        job.listener().getLogger().println(verified);
        return verified;
    }

    @Extension
    public static final class DescriptorImpl extends ContainerStepDescriptor {
        public DescriptorImpl() {
            super("containerVerify", "keys");
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ContainerVerifyStep_displayName();
        }
    }
}
