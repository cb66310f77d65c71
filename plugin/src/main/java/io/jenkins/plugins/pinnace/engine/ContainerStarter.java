package io.jenkins.plugins.pinnace.engine;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinnace.engine.Bundle;
import io.pinnace.engine.EngineException;
import io.pinnace.engine.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** Containers are started by a process of their own: an engine in a JVM must be told which executable that is. */
final class ContainerStarter {
    private ContainerStarter() {}

    /** The request of a job that may start containers, with the executable in it. */
    static byte[] into(byte[] request, List<Path> directories) throws EngineException {
        String executable = Bundle.executable(directories.toArray(Path[]::new)).toString();
        try {
            JsonMapper json = new JsonMapper();
            ObjectNode fields = (ObjectNode) json.readTree(request);
            if (!fields.path("sandbox").isObject()) {
                fields.set("sandbox", json.valueToTree(Sandbox.builder().build()));
            }
            ((ObjectNode) fields.path("sandbox")).put("executable", executable);
            return json.writeValueAsBytes(fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
