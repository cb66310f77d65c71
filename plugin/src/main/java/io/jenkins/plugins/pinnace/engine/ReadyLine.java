package io.jenkins.plugins.pinnace.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import hudson.model.TaskListener;
import io.jenkins.plugins.pinnace.text.LineFilter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;

/**
 * Finds in the log of a "run" job the line that says that its container is ready. What the container says itself starts
 * with "| " or "! ", and can't be mistaken for it.
 */
final class ReadyLine {
    private static final String START = "ready ";
    private static final int MAX_PORTS = 100;
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F.:]{0,45}");

    private final TaskListener log;
    private final CompletableFuture<List<PublishedPort>> ports = new CompletableFuture<>();

    ReadyLine(TaskListener log) {
        this.log = log;
    }

    /** In the order in which they were asked for, when the line has come. */
    CompletableFuture<List<PublishedPort>> ports() {
        return ports;
    }

    /** To be given to the job. */
    TaskListener listener() {
        return LineFilter.of(log, this::find);
    }

    static List<PublishedPort> read(String json) throws IOException {
        List<PublishedPort> ports = new ArrayList<>();
        try {
            for (JsonNode port : new JsonMapper().readTree(json).path("ports")) {
                ports.add(new PublishedPort(
                        address(port.path("address")),
                        number(port.path("hostPort")),
                        number(port.path("containerPort"))));
            }
        } catch (JsonProcessingException e) {
            throw new IOException("ready line: expected JSON", e);
        }
        if (ports.size() > MAX_PORTS) {
            throw new IOException("ready line: " + ports.size() + " ports");
        }
        return ports;
    }

    private static String address(JsonNode address) throws IOException {
        if (!ADDRESS.matcher(address.asText()).matches()) {
            throw new IOException("ready line: expected addresses");
        }
        return address.asText();
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
