package io.jenkins.plugins.pinnace.page;

import hudson.model.Api;
import hudson.model.Run;
import io.jenkins.plugins.pinnace.Messages;
import java.io.IOException;
import java.util.List;
import jenkins.model.RunAction2;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** The page of a build with its images. Nothing of it is in build.xml but that it is there. */
@ExportedBean
public final class ContainersAction implements RunAction2 {
    private transient Run<?, ?> run;

    @Override
    public void onAttached(Run<?, ?> owner) {
        this.run = owner;
    }

    @Override
    public void onLoad(Run<?, ?> owner) {
        this.run = owner;
    }

    public Run<?, ?> getRun() {
        return run;
    }

    @Exported(inline = true)
    public List<ImageEntry> getImages() throws IOException {
        return BuildContainers.of(run).read().images();
    }

    @Exported(inline = true)
    public List<PromotionEntry> getPromotions() throws IOException {
        return BuildContainers.of(run).read().promotions();
    }

    public Api getApi() {
        return new Api(this);
    }

    @Override
    public String getIconFileName() {
        return "symbol-cube";
    }

    @Override
    public String getDisplayName() {
        return Messages.ContainersAction_displayName();
    }

    @Override
    public String getUrlName() {
        return "containers";
    }
}
