package io.pinnace.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** A job in a process (docs/formats/job-protocol.md, "Through pipes"). */
final class ProcessJob implements Job<byte[]> {
    /** A cancelled job ends by itself within a second; what does not is killed. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private enum State {
        OPEN,
        RUNNING,
        ENDED,
        CLOSED
    }

    private final PinnaceProcess process;
    private State state = State.OPEN;
    private long cancelledAt;
    private boolean cancelled;

    ProcessJob(PinnaceProcess process) {
        this.process = process;
        Forgotten.whenForgotten(this, process::closeInput);
    }

    /** Sends the request, and waits until it is found good. */
    void open(byte[] request, Credentials credentials, String wantedVersion)
            throws EngineException, InterruptedException {
        byte[] secret = credentials.toJson();
        try {
            String header = "{\"version\":" + Protocol.VERSION + ",\"requestBytes\":" + request.length
                    + ",\"credentialsBytes\":" + (secret == null ? "null" : secret.length) + "}\n";
            process.write(ascii(header), request, secret == null ? new byte[0] : secret);
        } finally {
            if (secret != null) {
                Arrays.fill(secret, (byte) 0);
            }
        }
        JsonNode answer = nextAnswer();
        String version = answer.path("version").asText();
        if (!answer.path("event").asText().equals("opened") || !version.equals(wantedVersion)) {
            throw new EngineException(
                    ErrorCode.UNSUPPORTED,
                    "the executable is not Pinnace " + wantedVersion + " but \"" + version + "\"");
        }
    }

    @Override
    public byte[] run(EventListener listener) throws EngineException, InterruptedException {
        begin();
        boolean ended = false;
        try {
            process.write(ascii("run\n"));
            byte[] result = follow(listener);
            ended = true;
            return result;
        } catch (EngineException failure) {
            ended = true;
            throw Cancellation.orFailure(failure);
        } finally {
            if (!ended) {
                cancel();
                waitForEnd();
            }
            end();
        }
    }

    /** The listener failed: what else comes is of no interest. */
    private void waitForEnd() {
        while (nextLine().length > 0) {
            // Until the process has closed its output.
        }
    }

    private byte[] follow(EventListener listener) throws EngineException, InterruptedException {
        for (; ; ) {
            JsonNode message = nextAnswer();
            switch (message.path("event").asText()) {
                case "result":
                    return Protocol.write(message.path("result"));
                case "log":
                    listener.log(message.path("text").asText());
                    break;
                case "warning":
                    listener.warning(message.path("text").asText());
                    break;
                case "progress":
                    listener.progress(
                            message.path("text").asText(),
                            message.path("done").asLong(),
                            message.path("total").asLong());
                    break;
                default:
                    throw new EngineException(ErrorCode.INTERNAL, "pinnace answered with an event that is not known");
            }
        }
    }

    /** The next message that is no error; an error is thrown. An interrupt cancels, and is waited for. */
    private JsonNode nextAnswer() throws EngineException, InterruptedException {
        byte[] line = nextLine();
        if (line.length == 0) {
            String status = process.status();
            if (isCancelled()) {
                throw new EngineException(ErrorCode.CANCELLED, "cancelled");
            }
            throw new EngineException(ErrorCode.INTERNAL, "pinnace ended without an answer: " + status);
        }
        JsonNode message = Protocol.readLine(line);
        if (message.path("event").asText().equals("error")) {
            throw Protocol.error(Protocol.write(message.path("error")));
        }
        return message;
    }

    private byte[] nextLine() {
        boolean interrupted = false;
        try {
            for (; ; ) {
                try {
                    byte[] line = process.nextLine(100, TimeUnit.MILLISECONDS);
                    if (line != null) {
                        return line;
                    }
                    killIfLate();
                } catch (InterruptedException e) {
                    interrupted = true;
                    cancel();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized void killIfLate() {
        if (cancelled && System.nanoTime() - cancelledAt > GRACE_NANOS) {
            process.kill();
        }
    }

    private synchronized boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void cancel() {
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            cancelledAt = System.nanoTime();
        }
        process.closeInput();
    }

    private synchronized void begin() throws EngineException {
        switch (state) {
            case CLOSED -> throw new EngineException(ErrorCode.CONFLICT, "the job is closed");
            case RUNNING -> throw new EngineException(ErrorCode.CONFLICT, "the job is running already");
            case ENDED -> throw new EngineException(ErrorCode.CONFLICT, "the job has run already; open another one");
            case OPEN -> state = State.RUNNING;
        }
    }

    private synchronized void end() {
        state = State.ENDED;
        process.closeInput();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (state == State.RUNNING) {
                throw new IllegalStateException("the job is running; cancel it before it is closed");
            }
            state = State.CLOSED;
        }
        process.closeInput();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
