package io.jenkins.plugins.pinnace.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.util.StreamTaskListener;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineFilterTest {
    private static final int LONG = 10 << 20;
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final StreamTaskListener listener = new StreamTaskListener(log, StandardCharsets.UTF_8);

    @Test
    void ofALineWithoutEndTheBeginningIsKept() {
        PrintStream out = LineFilter.of(listener, line -> "> " + line).getLogger();
        out.print("x".repeat(LONG));
        out.print("\n");
        out.println("y".repeat(LineFilter.MAX_LINE));
        out.println("next");
        out.flush();
        List<String> lines = log.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(3, lines.size());
        assertTrue(lines.get(0).startsWith("> xxx") && lines.get(0).endsWith("x ..."), lines.get(0));
        assertTrue(lines.get(0).length() < LineFilter.MAX_LINE);
        assertEquals("> " + "y".repeat(LineFilter.MAX_LINE), lines.get(1));
        assertEquals("> next", lines.get(2));
    }

    @Test
    void noHalfOfASecretIsLeftWhereALineIsCut() {
        String secret = "a secret that is cut";
        SecretMask mask = SecretMask.of(List.of(secret), List.of());
        PrintStream out = mask.apply(listener).getLogger();
        out.println("x".repeat(LineFilter.MAX_LINE - 10) + secret);
        out.flush();
        assertFalse(log.toString(StandardCharsets.UTF_8).contains("a sec"));
    }
}
