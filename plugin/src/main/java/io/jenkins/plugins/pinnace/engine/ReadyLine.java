package io.jenkins.plugins.pinnace.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import hudson.model.TaskListener;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Finds in the log of a "run" job the line that says that its container is ready. What the container says itself starts
 * with "| " or "! ", and can't be mistaken for it.
 */
final class ReadyLine {
    private static final String START = "ready ";
    private static final int MAX_PORTS = 100;

    private final TaskListener log;
    private final CompletableFuture<Map<Integer, Integer>> ports = new CompletableFuture<>();

    ReadyLine(TaskListener log) {
        this.log = log;
    }

    /** Ports of the machine by ports of the container, when the line has come. */
    CompletableFuture<Map<Integer, Integer>> ports() {
        return ports;
    }

    /** To be given to the job. */
    TaskListener listener() {
        return LineFilter.of(log, this::find);
    }

    static Map<Integer, Integer> read(String json) throws IOException {
        Map<Integer, Integer> ports = new TreeMap<>();
        try {
            for (JsonNode port : new JsonMapper().readTree(json).path("ports")) {
                ports.put(number(port.path("containerPort")), number(port.path("hostPort")));
            }
        } catch (JsonProcessingException e) {
            throw new IOException("ready line: expected JSON", e);
        }
        if (ports.size() > MAX_PORTS) {
            throw new IOException("ready line: " + ports.size() + " ports");
        }
        return ports;
    }

    private static int number(JsonNode port) throws IOException {
        int number = port.asInt();
        if (!port.isInt() || number < 1 || number > 65535) {
            throw new IOException("ready line: expected ports from 1 to 65535");
        }
        return number;
    }

    /** Every other line stays. */
    private String find(String line) {
        if (ports.isDone() || !line.startsWith(START)) {
            return line;
        }
        try {
            ports.complete(read(line.substring(START.length())));
        } catch (IOException e) {
            ports.completeExceptionally(e);
        }
        return null;
    }
}
