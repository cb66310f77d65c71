package io.jenkins.plugins.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadyLineTest {
    @Test
    void hasThePortsInTheirOrder() throws Exception {
        assertEquals(
                List.of(new PublishedPort("127.0.0.1", 5300, 53), new PublishedPort("10.0.0.5", 5301, 53)),
                ReadyLine.read("""
                        {"ports": [{"address": "127.0.0.1", "hostPort": 5300, "containerPort": 53},
                                   {"address": "10.0.0.5", "hostPort": 5301, "containerPort": 53}]}
                        """));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"ports\": [{}]}",
                "{\"ports\": [{\"address\": \"127.0.0.1\", \"hostPort\": 0, \"containerPort\": 1}]}",
                "{\"ports\": [{\"address\": \"$(id)\", \"hostPort\": 1, \"containerPort\": 1}]}"
            })
    void whatAnAgentMakesUpIsRefused(String json) {
        assertThrows(IOException.class, () -> ReadyLine.read(json));
    }
}
