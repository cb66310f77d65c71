package io.jenkins.plugins.pinnace.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1000, 1.0 kB",
        "999949, 999.9 kB",
        "999950, 1.0 MB",
        "55000000, 55.0 MB",
        "9223372036854775807, 9.2 EB"
    })
    void areReadable(long bytes, String text) {
        assertEquals(text, Sizes.text(bytes));
    }
}
