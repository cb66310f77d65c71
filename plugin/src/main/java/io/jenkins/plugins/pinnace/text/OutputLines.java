package io.jenkins.plugins.pinnace.text;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Makes lines for a log of what a program writes: of a line in which it has returned to the start, as those do that draw
 * progress, the last state; what steers a terminal, hides or is no UTF-8 is shown, as base::printable() of the core does;
 * URLs without who logs in. A line without an end is passed on in parts.
 */
public final class OutputLines {
    private static final int MAX_LINE = 1 << 16;
    private static final Pattern LOGIN = Pattern.compile("(?<=\\w://)[^\\s/?#\"'<>@]*@");

    private final Consumer<String> lines;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();

    public OutputLines(Consumer<String> lines) {
        this.lines = lines;
    }

    public void add(byte[] bytes) {
        for (byte each : bytes) {
            if (each == '\n' || held.size() >= MAX_LINE) {
                take();
            }
            if (each != '\n') {
                held.write(each);
            }
        }
    }

    /** What was left without an end. */
    public void finish() {
        if (held.size() > 0) {
            take();
        }
    }

    private void take() {
        byte[] line = held.toByteArray();
        held.reset();
        int end = line.length > 0 && line[line.length - 1] == '\r' ? line.length - 1 : line.length;
        int start = end;
        while (start > 0 && line[start - 1] != '\r') {
            start--;
        }
        lines.accept(
                LOGIN.matcher(shown(ByteBuffer.wrap(line, start, end - start))).replaceAll("REDACTED@"));
    }

    private static String shown(ByteBuffer line) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        StringBuilder text = new StringBuilder();
        CharBuffer part = CharBuffer.allocate(line.remaining());
        CoderResult result;
        do {
            result = decoder.decode(line, part, true);
            part.flip().codePoints().forEach(character -> append(text, character));
            part.clear();
            for (int i = 0; result.isError() && i < result.length(); i++) {
                append(text, line.get());
            }
        } while (result.isError());
        return text.toString();
    }

    private static void append(StringBuilder text, int character) {
        String itself = Character.toString(character);
        if (character == '\t' || PlainText.isPlain(itself)) {
            text.append(itself);
        } else if (Character.isISOControl(character)) {
            for (byte each : itself.getBytes(StandardCharsets.UTF_8)) {
                append(text, each);
            }
        } else {
            text.append(String.format("\\u{%x}", character));
        }
    }

    private static void append(StringBuilder text, byte unprintable) {
        text.append(String.format("\\x%02x", unprintable));
    }
}
