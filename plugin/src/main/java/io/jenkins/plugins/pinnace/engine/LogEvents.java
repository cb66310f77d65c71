package io.jenkins.plugins.pinnace.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.TaskListener;
import io.jenkins.plugins.pinnace.text.OutputLines;
import io.jenkins.plugins.pinnace.text.Sizes;
import io.pinnace.engine.EventListener;
import io.pinnace.engine.Ready;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;

/** Writes what a job says to the log of a build, and that its container is ready to who waits for it. */
final class LogEvents implements EventListener, AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final PrintStream log;

    @CheckForNull
    private final OutputStream readyTo;

    private final OutputLines output = new OutputLines(line -> say("| " + line));
    private final OutputLines errors = new OutputLines(line -> say("! " + line));
    private long lastProgress = System.nanoTime();

    /** @param readyTo see {@link ReadyPorts}; null: nobody waits */
    LogEvents(TaskListener listener, @CheckForNull OutputStream readyTo) {
        this.log = listener.getLogger();
        this.readyTo = readyTo;
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

    @Override
    public void output(byte[] bytes) {
        output.add(bytes);
    }

    @Override
    public void errorOutput(byte[] bytes) {
        errors.add(bytes);
    }

    @Override
    public void ready(Ready ready) {
        try {
            if (readyTo != null) {
                ReadyPorts.say(ready, readyTo);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The job has ended. */
    @Override
    public void close() {
        output.finish();
        errors.finish();
    }

    private void say(String line) {
        log.println(line);
        log.flush();
    }
}
