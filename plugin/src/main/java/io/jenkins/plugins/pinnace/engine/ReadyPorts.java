package io.jenkins.plugins.pinnace.engine;

import hudson.remoting.RemoteOutputStream;
import io.pinnace.engine.EngineException;
import io.pinnace.engine.Ready;
import io.pinnace.engine.Results;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What an agent says of a container that is ready, once, on a stream of its own: a line of JSON, as in the job protocol.
 * Nothing that the container writes gets there.
 */
final class ReadyPorts {
    private static final int MAX_BYTES = 1 << 16;

    private final CompletableFuture<List<Ready.Port>> ports = new CompletableFuture<>();

    /** In the order in which they were asked for, when it is ready. */
    CompletableFuture<List<Ready.Port>> ports() {
        return ports;
    }

    /** To be given to the agent. */
    RemoteOutputStream stream() {
        return new RemoteOutputStream(new Line());
    }

    /** The agent's side of it. */
    static void say(Ready ready, OutputStream stream) throws IOException {
        try {
            stream.write(Results.write(ready));
            stream.write('\n');
            stream.flush();
        } catch (EngineException e) {
            throw new IOException(e);
        }
    }

    private final class Line extends OutputStream {
        private final ByteArrayOutputStream held = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int b) {
            if (b == '\n') {
                take();
            } else if (held.size() <= MAX_BYTES) {
                held.write(b);
            }
        }

        private void take() {
            try {
                ports.complete(Results.readReady(held.toByteArray(), MAX_BYTES).ports());
            } catch (EngineException e) {
                ports.completeExceptionally(new IOException(e.getMessage(), e));
            }
        }
    }
}
