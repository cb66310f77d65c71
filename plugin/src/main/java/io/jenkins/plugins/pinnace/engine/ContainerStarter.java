package io.jenkins.plugins.pinnace.engine;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.pinnace.engine.Bundle;
import io.pinnace.engine.EngineException;
import io.pinnace.engine.SandboxSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** Containers are started by a process of their own: an engine in a JVM must be told which executable that is. */
final class ContainerStarter {
    private ContainerStarter() {}

    /** The request of a job, with the executable in it if the job may start containers. */
    static byte[] into(String job, byte[] request, List<Path> directories) throws EngineException {
        if (!job.equals("build")) {
            return request;
        }
        String executable = Bundle.executable(directories.toArray(Path[]::new)).toString();
        try {
            JsonMapper json = new JsonMapper();
            ObjectNode fields = (ObjectNode) json.readTree(request);
            fields.set(
                    "sandbox", json.valueToTree(new SandboxSettings(executable, null, null, false, null, null, null)));
            return json.writeValueAsBytes(fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
