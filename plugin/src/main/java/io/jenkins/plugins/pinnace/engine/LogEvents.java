package io.jenkins.plugins.pinnace.engine;

import hudson.model.TaskListener;
import io.jenkins.plugins.pinnace.text.Sizes;
import io.pinnace.engine.EventListener;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** Writes what a job says to the log of a build. */
final class LogEvents implements EventListener {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final PrintStream log;
    private long lastProgress = System.nanoTime();

    LogEvents(TaskListener listener) {
        this.log = listener.getLogger();
    }

    @Override
    public void log(String line) {
        say(line);
    }

    @Override
    public void warning(String line) {
        say("warning: " + line);
    }

    /** A log keeps every line: one every few seconds will do. */
    @Override
    public void progress(String what, long done, long total) {
        long now = System.nanoTime();
        if (now - lastProgress >= PAUSE_NANOS) {
            lastProgress = now;
            say(what + ": " + Sizes.text(done) + (total > 0 ? " of " + Sizes.text(total) : ""));
        }
    }

    private void say(String line) {
        log.println(line);
        log.flush();
    }
}
