package io.jenkins.plugins.pinnace.promotion;

import hudson.AbortException;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.pinnace.text.PlainText;
import io.pinnace.engine.PromoteResult;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.springframework.security.core.Authentication;

/** Who promotes what where: lines in Jenkins' log, by a logger of its own, and in that of the build. */
final class Audit {
    private static final Logger LOGGER = Logger.getLogger("io.jenkins.plugins.pinnace.audit");
    private static final int MAX_TEXT = 1000;
    private static final int MAX_LINE = 10_000;

    private final String who;
    private final String image;
    private final String environment;
    private final String where;
    private final TaskListener listener;

    /** @param build whom it runs as */
    Audit(
            Run<?, ?> run,
            Promoters who,
            Authentication build,
            String image,
            String environment,
            String reason,
            TaskListener listener) {
        this.who = text(who.names());
        this.image = text(image);
        this.environment = " to " + text(environment);
        this.where = " in " + run.getExternalizableId() + ", which runs as " + text(build.getName())
                + (reason == null ? "" : ", reason: " + text(reason));
        this.listener = listener;
    }

    /** Before anything is changed: Jenkins may end before it has. */
    void begins() {
        LOGGER.log(Level.INFO, "{0}", line(who + " promotes " + image + environment + where));
    }

    void promoted(PromoteResult result) {
        String line = line(who + " promoted " + result.source() + environment + " as " + result.target()
                + (result.replaced() == null ? "" : ", where " + result.replaced() + " was before") + where);
        LOGGER.log(Level.INFO, "{0}", line);
        listener.getLogger().println(line);
    }

    /** @param why nothing is known to be promoted */
    void refused(Throwable why) {
        String line = why instanceof InterruptedException
                ? "promotion stopped, perhaps when it was complete: " + image + environment + " by " + who + where
                : "not promoted: " + image + environment + " by " + who + where + ": "
                        + (why instanceof AbortException ? why.getMessage() : why.toString());
        LOGGER.log(Level.WARNING, "{0}", line(line));
    }

    private static String text(String text) {
        return PlainText.of(text, MAX_TEXT);
    }

    /** A reason must not look like a line of its own. */
    private static String line(String text) {
        return PlainText.of(text, MAX_LINE);
    }
}
