package io.pinnace.engine;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Runs each job in a process of its own, the {@code pinnace} executable: what goes wrong there can't
 * hurt this JVM. Request and credentials reach it through a pipe.
 */
public final class ProcessEngine implements Engine {
    private static final Pattern NAME = Pattern.compile("[a-z]{1,40}");

    /** The core takes no more. */
    private static final int MAX_STOP_SECONDS = 86_400;

    private final String executable;
    private final String version = NativeLoader.wantedVersion();

    /** @param executable pinnace, of the same version as these classes */
    public ProcessEngine(Path executable) {
        this.executable = executable.toAbsolutePath().toString();
    }

    /** With the executable of our jar, see {@link Bundle#executable}. */
    public static ProcessEngine fromBundle(Path... directories) throws EngineException {
        return new ProcessEngine(Bundle.executable(directories));
    }

    @Override
    public Job<byte[]> open(String name, byte[] request, Credentials credentials)
            throws EngineException, InterruptedException {
        if (!NAME.matcher(name).matches()) {
            throw new EngineException(ErrorCode.INVALID_INPUT, "unknown job \"" + name + "\"");
        }
        byte[] message = ProcessJob.openingMessage(request, credentials);
        ProcessJob job;
        try {
            List<String> command = List.of(executable, "job", name, "--pipe");
            job = new ProcessJob(new PinnaceProcess(command, stopSeconds(request)), message);
        } catch (EngineException failure) {
            Arrays.fill(message, (byte) 0);
            throw failure;
        }
        boolean opened = false;
        try {
            job.awaitOpened(version);
            opened = true;
            return job;
        } catch (EngineException failure) {
            throw Cancellation.orFailure(failure);
        } finally {
            if (!opened) {
                job.close();
            }
        }
    }

    /** What a request gives its job to stop; the job itself says what is wrong with it. */
    private static int stopSeconds(byte[] request) {
        try {
            int seconds = new JsonMapper().readTree(request).path("stopSeconds").asInt();
            return Math.max(0, Math.min(seconds, MAX_STOP_SECONDS));
        } catch (IOException e) {
            return 0;
        }
    }

    @Override
    public String version() {
        return version;
    }
}
