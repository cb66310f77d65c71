package io.jenkins.plugins.pinnace.steps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.AbortException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParametersTest {
    @Test
    void pairsAreSplitAtTheFirstEqualsSign() throws AbortException {
        assertEquals(Map.of("A", "b=c", "EMPTY", ""), Parameters.pairs("buildArgs", List.of("A=b=c", "EMPTY=")));
    }

    @Test
    void whatIsNoPairIsNotShown() {
        for (String text : List.of("secret", "=secret", "")) {
            AbortException failure =
                    assertThrows(AbortException.class, () -> Parameters.pairs("buildArgs", List.of(text)));
            assertEquals("parameter buildArgs: expected NAME=VALUE", failure.getMessage());
        }
    }

    @Test
    void nothingIsAnEmptyList() {
        assertEquals(List.of(), Parameters.copy(null));
        assertEquals(List.of("a"), Parameters.copy(Arrays.asList("a", null)));
    }

    @Test
    void aTextIsAListOfOne() throws AbortException {
        assertEquals(List.of("a"), Parameters.texts("tags", "a"));
        assertEquals(List.of("8080", "true", "b"), Parameters.texts("ports", List.of(8080, true, "b")));
        for (Object wrong : List.of(Map.of("a", "b"), List.of(List.of("a")), Arrays.asList("a", null))) {
            String said = assertThrows(AbortException.class, () -> Parameters.texts("parameter tags", wrong))
                    .getMessage();
            assertTrue(said.startsWith("parameter tags: expected a text, or a list of texts"), said);
        }
    }

    @Test
    void emptyIsMissing() {
        assertThrows(AbortException.class, () -> Parameters.required("to", " "));
        assertThrows(AbortException.class, () -> Parameters.required("to", null));
    }
}
