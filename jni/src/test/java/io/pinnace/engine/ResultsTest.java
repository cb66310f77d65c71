package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultsTest {
    private static final String GOOD = "{\"locks\":[{\"definition\":\"a\",\"lock\":\"b\",\"changed\":true,"
            + "\"differences\":\"\",\"images\":[{\"name\":\"debian\",\"digest\":\"sha256:0\"}]}]}";

    @Test
    void readsAResult() throws EngineException {
        assertEquals(
                "debian",
                read(GOOD, GOOD.length()).locks().get(0).images().get(0).name());
    }

    @Test
    void refusesALongOneUnread() {
        EngineException failure = assertThrows(EngineException.class, () -> read(GOOD, GOOD.length() - 1));
        assertEquals(
                "result of job pin: it has " + GOOD.length() + " bytes, and may have " + (GOOD.length() - 1),
                failure.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"locks\":[],\"more\":1}",
                "{\"locks\":{}}",
                "{\"locks\":[]} {}",
                "{\"locks\":[{\"definition\":\"a\"}]}"
            })
    void refusesWhatIsNoResult(String text) {
        assertEquals(
                ErrorCode.INTERNAL,
                assertThrows(EngineException.class, () -> read(text, 1000)).code());
    }

    private static PinResult read(String text, int maxBytes) throws EngineException {
        return Results.read("pin", PinResult.class, text.getBytes(StandardCharsets.UTF_8), maxBytes);
    }
}
