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
        LogEvents events = new LogEvents(new StreamTaskListener(log, StandardCharsets.UTF_8), null);
        events.log("pushed \u00fc");
        events.warning("slow");
        for (int i = 0; i < 1000; i++) {
            events.progress("layers", i, 1000);
        }
        String said = log.toString(StandardCharsets.UTF_8);
        assertEquals("pushed \u00fc\nwarning: slow\n", said.replace("\r", "").replaceFirst("(?s)layers.*", ""));
    }

    @Test
    void whatAContainerWritesIsMarkedLineByLine() {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        try (LogEvents events = new LogEvents(new StreamTaskListener(log, StandardCharsets.UTF_8), null)) {
            events.output("one\nt".getBytes(StandardCharsets.UTF_8));
            events.errorOutput("bad\n".getBytes(StandardCharsets.UTF_8));
            events.output("wo".getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(
                "| one\n! bad\n| two\n", log.toString(StandardCharsets.UTF_8).replace("\r", ""));
    }
}
