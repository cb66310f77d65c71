package io.jenkins.plugins.pinnace.promotion;

import hudson.AbortException;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.pinnace.engine.PromoteResult;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Who promoted what where: a line in Jenkins' log, by a logger of its own, and in that of the build. */
final class Audit {
    private static final Logger LOGGER = Logger.getLogger("io.jenkins.plugins.pinnace.audit");

    private final String image;
    private final String environment;
    private final String where;
    private final TaskListener listener;

    Audit(Run<?, ?> run, String image, String environment, String reason, TaskListener listener) {
        this.image = image;
        this.environment = " to " + environment;
        this.where = " in " + run.getExternalizableId() + (reason == null ? "" : ", reason: " + reason);
        this.listener = listener;
    }

    void promoted(String who, PromoteResult result) {
        String line = oneLine(who + " promoted " + result.source() + environment + " as " + result.target() + where);
        LOGGER.log(Level.INFO, "{0}", line);
        listener.getLogger().println(line);
    }

    /** @param why nothing is known to be promoted */
    void refused(Throwable why) {
        String line = why instanceof InterruptedException
                ? "promotion stopped, perhaps when it was complete: " + image + environment + where
                : "not promoted: " + image + environment + where + ": "
                        + (why instanceof AbortException ? why.getMessage() : why.toString());
        LOGGER.log(Level.WARNING, "{0}", oneLine(line));
    }

    /** A reason must not look like a line of its own. */
    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ");
    }
}
