package io.jenkins.plugins.pinnace.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import hudson.console.LineTransformationOutputStream;
import hudson.model.TaskListener;
import hudson.util.StreamTaskListener;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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
        return new StreamTaskListener(new Finder(log.getLogger()), StandardCharsets.UTF_8);
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

    /** Takes UTF-8, in which logs are, too. */
    private final class Finder extends LineTransformationOutputStream.Delegating {
        Finder(OutputStream out) {
            super(out);
        }

        @Override
        protected void eol(byte[] line, int length) throws IOException {
            String text = new String(line, 0, length, StandardCharsets.UTF_8);
            if (!ports.isDone() && text.startsWith(START)) {
                ready(text.substring(START.length()));
            } else {
                out.write(line, 0, length);
            }
        }

        private void ready(String json) {
            try {
                ports.complete(read(json));
            } catch (IOException e) {
                ports.completeExceptionally(e);
            }
        }
    }
}
