package io.jenkins.plugins.pinnace.engine;

import hudson.console.LineTransformationOutputStream;
import hudson.model.TaskListener;
import hudson.util.StreamTaskListener;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** A log whose lines go through a function. It takes UTF-8, in which logs are, too. */
final class LineFilter extends LineTransformationOutputStream.Delegating {
    private final UnaryOperator<String> function;

    private LineFilter(OutputStream out, UnaryOperator<String> function) {
        super(out);
        this.function = function;
    }

    /**
     * Writes to {@code listener} line by line.
     *
     * @param function gets a line with its end; null leaves it out
     */
    static TaskListener of(TaskListener listener, UnaryOperator<String> function) {
        return new StreamTaskListener(new LineFilter(listener.getLogger(), function), StandardCharsets.UTF_8);
    }

    @Override
    protected void eol(byte[] line, int length) throws IOException {
        String text = function.apply(new String(line, 0, length, StandardCharsets.UTF_8));
        if (text != null) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
