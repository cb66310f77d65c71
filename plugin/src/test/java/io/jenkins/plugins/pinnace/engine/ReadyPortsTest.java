package io.jenkins.plugins.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.pinnace.engine.Ready;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadyPortsTest {
    private final ReadyPorts ready = new ReadyPorts();

    @Test
    void areThoseThatTheAgentSays() throws Exception {
        List<Ready.Port> ports =
                List.of(new Ready.Port("127.0.0.1", 5300, 53, "udp"), new Ready.Port("10.0.0.5", 5301, 53, "tcp"));
        assertFalse(ready.ports().isDone());
        try (OutputStream stream = ready.stream()) {
            ReadyPorts.say(new Ready(ports), stream);
        }
        assertEquals(ports, ready.ports().get());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{}",
                "{\"ports\": [{}]}",
                "{\"ports\": [{\"address\": \"127.0.0.1\", \"hostPort\": 0, \"containerPort\": 1, \"protocol\": \"tcp\"}]}",
                "{\"ports\": [{\"address\": \"$(id)\", \"hostPort\": 1, \"containerPort\": 1, \"protocol\": \"tcp\"}]}"
            })
    void whatAnAgentMakesUpIsRefused(String json) throws Exception {
        try (OutputStream stream = ready.stream()) {
            stream.write((json + "\n").getBytes(StandardCharsets.UTF_8));
        }
        assertThrows(ExecutionException.class, () -> ready.ports().get());
    }
}
