package io.jenkins.plugins.pinnace.page;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Api;
import hudson.model.Run;
import io.jenkins.plugins.pinnace.Messages;
import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.RunAction2;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** The page of a build with its images. Nothing of it is in build.xml but that it is there. */
@ExportedBean
public final class ContainersAction implements RunAction2 {
    private static final Logger LOGGER = Logger.getLogger(ContainersAction.class.getName());

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
    public List<ImageEntry> getImages() {
        return contents().images();
    }

    @Exported(inline = true)
    public List<PromotionEntry> getPromotions() {
        return contents().promotions();
    }

    @Exported(inline = true)
    public List<ChangeEntry> getChanges() {
        return contents().changes();
    }

    /** Why there is nothing to see; null if all can be seen. */
    @Exported
    @CheckForNull
    public String getProblem() {
        try {
            BuildContainers.of(run).read();
            return null;
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "{0}: {1}", new Object[] {run, e.getMessage()});
            return e.getMessage();
        }
    }

    /** Empty if the file can't be read: {@link #getProblem} says why. */
    private Contents contents() {
        try {
            return BuildContainers.of(run).read();
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "not shown", e);
            return Contents.empty();
        }
    }

    /** For the page: a text in pieces, between which a line may break. */
    public List<String> pieces(String text) {
        return Digests.pieces(text);
    }

    /** For the page: the beginning of a digest, which can be read at a glance. */
    public String shortened(String digest) {
        return Digests.shortened(digest);
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
