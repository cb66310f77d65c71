package io.jenkins.plugins.pinnace.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigestsTest {
    @ParameterizedTest
    @CsvSource({
        "sha256:0123456789abcdef, sha256:0123456789ab",
        "sha512:0123456789abcdef, sha512:0123456789ab",
        "sha256:0123456789ab, sha256:0123456789ab",
        "sha256:01, sha256:01",
        "web, web",
        "'', ''"
    })
    void theBeginningOfADigestIsShown(String whole, String beginning) {
        assertEquals(beginning, Digests.shortened(whole));
    }

    @Test
    void noDigestHasNoBeginning() {
        assertNull(Digests.shortened(null));
    }

    @Test
    void longTextsBreakAnywhereAndLoseNothing() {
        assertEquals(List.of(), Digests.pieces(null));
        assertEquals(List.of(), Digests.pieces(""));
        assertEquals(List.of("0123456789abcdef", "g"), Digests.pieces("0123456789abcdefg"));
        assertEquals("x".repeat(100), String.join("", Digests.pieces("x".repeat(100))));
    }

    @Test
    void aReferenceWithoutItsDigest() {
        assertEquals("host:5000/web:1", Digests.without("host:5000/web:1@sha256:0123"));
        assertEquals("host:5000/web:1", Digests.without("host:5000/web:1"));
    }
}
