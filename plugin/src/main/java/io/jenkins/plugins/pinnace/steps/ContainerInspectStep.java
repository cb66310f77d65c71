package io.jenkins.plugins.pinnace.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import io.jenkins.plugins.pinnace.Messages;
import io.jenkins.plugins.pinnace.configuration.BuildAccess;
import io.jenkins.plugins.pinnace.engine.JobPlace;
import io.jenkins.plugins.pinnace.engine.RegistryAccess;
import io.jenkins.plugins.pinnace.results.InspectedImage;
import io.pinnace.engine.InspectRequest;
import io.pinnace.engine.InspectResult;
import java.io.IOException;
import java.util.List;
import org.kohsuke.stapler.DataBoundConstructor;

/** Says what an image is. */
public final class ContainerInspectStep extends RegistryStep {
    private static final long serialVersionUID = 1;

    private final String image;

    @DataBoundConstructor
    public ContainerInspectStep(String image) {
        this.image = image;
    }

    public String getImage() {
        return image;
    }

    @Override
    String subject() {
        return image;
    }

    @Override
    public InspectedImage perform(JobContext job) throws IOException, InterruptedException {
        BuildAccess registries = job.registries();
        String named = registry(job);
        String name = job.image(job.expand(Parameters.required("image", image)), registries, named);
        JobPlace place = job.place();
        RegistryAccess access = registries.access(named);
        String environments = place.environmentsFile(access);
        InspectResult result = place.run(
                settings -> InspectRequest.builder(settings)
                        .references(List.of(name))
                        .environments(environments)
                        .build(),
                access,
                job.listener());
        if (result.images().size() != 1) {
            throw new AbortException("result of job inspect: expected one image");
        }
        InspectedImage inspected = InspectedImage.of(result.images().get(0));
        job.listener().getLogger().println(inspected);
        return inspected;
    }

    @Extension
    public static final class DescriptorImpl extends ContainerStepDescriptor {
        public DescriptorImpl() {
            super("containerInspect");
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ContainerInspectStep_displayName();
        }
    }
}
