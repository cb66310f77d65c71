package io.jenkins.plugins.pinnace.promotion;

import hudson.model.Run;
import hudson.model.TaskListener;
import io.pinnace.engine.PromoteResult;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Who promoted what where: a line in Jenkins' log, by a logger of its own, and in that of the build. */
final class Audit {
    private static final Logger LOGGER = Logger.getLogger("io.jenkins.plugins.pinnace.audit");

    private final String what;
    private final String where;
    private final TaskListener listener;

    Audit(Run<?, ?> run, String image, String environment, String reason, TaskListener listener) {
        this.what = image + " to " + environment;
        this.where = " in " + run.getExternalizableId() + (reason == null ? "" : ", reason: " + reason);
        this.listener = listener;
    }

    void promoted(String who, PromoteResult result) {
        String line = oneLine(who + " promoted " + what + " as " + result.target() + where);
        LOGGER.log(Level.INFO, "{0}", line);
        listener.getLogger().println(line);
    }

    void refused(String why) {
        LOGGER.log(Level.WARNING, "{0}", oneLine("not promoted: " + what + where + ": " + why));
    }

    /** A reason must not look like a line of its own. */
    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ");
    }
}
