package io.jenkins.plugins.pinnace.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\tb", "a\u001bb", "a\u0085b", "a\u2028b", "a\u2029b", "a\u202eb", "a\ud800b"})
    void whatSteersATerminalIsNotPlain(String text) {
        assertFalse(PlainText.isPlain(text));
        assertTrue(PlainText.isPlain(PlainText.of(text, 100)));
    }

    @Test
    void plainTextsStayAsTheyAre() {
        for (String text : new String[] {"", "a b/c:1@sha256:0", "\u00fc \ud83d\ude00 \\n"}) {
            assertTrue(PlainText.isPlain(text));
            assertEquals(text, PlainText.of(text, 100));
        }
    }

    @Test
    void aLineHasOneLineOfReadableLength() {
        assertEquals(
                "a\\r\\nb\\u001b\\u202e\\u0085\\u2028\\udb40\\udc01c d",
                PlainText.line("a\r\nb\u001b\u202e\u0085\u2028\udb40\udc01c d\n"));
        assertEquals("x".repeat(4096) + " ...", PlainText.line("x".repeat(1 << 20)));
        assertEquals("abc ...", PlainText.of("abcd", 3));
    }
}
