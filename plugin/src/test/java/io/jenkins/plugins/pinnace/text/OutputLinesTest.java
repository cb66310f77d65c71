package io.jenkins.plugins.pinnace.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputLinesTest {
    private static List<String> lines(byte[]... parts) {
        List<String> lines = new ArrayList<>();
        OutputLines output = new OutputLines(lines::add);
        for (byte[] part : parts) {
            output.add(part);
        }
        output.finish();
        return lines;
    }

    private static byte[] bytes(String latin) {
        return latin.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void mayBeCutAnywhere() {
        assertEquals(
                List.of("a", "", "b\u00fcc", "end"), lines(bytes("a\n\nb\u00c3"), bytes("\u00bcc\nen"), bytes("d")));
    }

    @Test
    void showTheLastStateOfProgress() {
        assertEquals(List.of("x", "100%"), lines(bytes("x\r\n10%\r100%\n")));
    }

    @Test
    void steerNothing() {
        assertEquals(
                List.of("\\x1b[2J\\x00\\xff\ta\\xc2\\x9b\\u{202e}\\xe2\\x82z"),
                lines(bytes("\u001b[2J\u0000\u00ff\ta\u00c2\u009b\u00e2\u0080\u00ae\u00e2\u0082z\n")));
    }

    @Test
    void leaveOutWhoLogsIn() {
        assertEquals(
                List.of("GET https://REDACTED@h/x a@b https://h/@x"),
                lines(bytes("GET https://u:pw@h/x a@b https://h/@x")));
    }

    @Test
    void withoutAnEndComeInParts() {
        List<String> parts = lines(new byte[100_000]);
        assertEquals(2, parts.size());
    }
}
