package io.jenkins.plugins.pinnace.text;

import hudson.console.LineTransformationOutputStream;
import hudson.model.TaskListener;
import hudson.util.StreamTaskListener;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/**
 * A log whose lines go through a function. It takes UTF-8, in which logs are, too. Of a line that is too long only the
 * beginning is kept: agents may write one without an end.
 */
public final class LineFilter extends LineTransformationOutputStream.Delegating {
    static final int MAX_LINE = 1 << 16;
    /** As much of the end of what was kept goes too: it may be the beginning of something that must not be seen. */
    private static final int MARGIN = 1 << 13;

    private final UnaryOperator<String> function;
    private int length;
    private boolean isCut;

    private LineFilter(OutputStream out, UnaryOperator<String> function) {
        super(out);
        this.function = function;
    }

    /**
     * Writes to {@code listener} line by line.
     *
     * @param function gets a line with its end; null leaves it out
     */
    public static TaskListener of(TaskListener listener, UnaryOperator<String> function) {
        return new StreamTaskListener(new LineFilter(listener.getLogger(), function), StandardCharsets.UTF_8);
    }

    @Override
    public void write(int b) throws IOException {
        if (length < MAX_LINE || b == '\n' || b == '\r') {
            length++;
            super.write(b);
        } else {
            isCut = true;
        }
    }

    @Override
    protected void eol(byte[] line, int end) throws IOException {
        String text = function.apply(new String(line, 0, end, StandardCharsets.UTF_8));
        if (text != null && isCut) {
            text = text.substring(0, Math.max(0, text.length() - MARGIN)) + " ...\n";
        }
        length = 0;
        isCut = false;
        if (text != null) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
