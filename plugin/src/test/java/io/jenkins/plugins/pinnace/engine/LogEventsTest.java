package io.jenkins.plugins.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import hudson.util.StreamTaskListener;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LogEventsTest {
    @Test
    void linesAreWrittenAtOnceAndProgressNotAlways() {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        LogEvents events = new LogEvents(new StreamTaskListener(log, StandardCharsets.UTF_8));
        events.log("pushed \u00fc");
        events.warning("slow");
        for (int i = 0; i < 1000; i++) {
            events.progress("layers", i, 1000);
        }
        String said = log.toString(StandardCharsets.UTF_8);
        assertEquals("pushed \u00fc\nwarning: slow\n", said.replace("\r", "").replaceFirst("(?s)layers.*", ""));
    }
}
