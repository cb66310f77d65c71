package io.pinnace.engine;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/** A job in a process (docs/formats/job-protocol.md, "Through pipes"). */
final class ProcessJob implements Job<byte[]> {
    /** 128 and SIGTERM. */
    private static final int TERMINATED = 143;

    private enum State {
        OPEN,
        RUNNING,
        ENDED,
        CLOSED
    }

    private final PinnaceProcess process;
    private State state = State.OPEN;
    private boolean cancelled;

    /** Sends the request. */
    ProcessJob(PinnaceProcess process, byte[] openingMessage) {
        this.process = process;
        process.write(openingMessage);
        Forgotten.whenForgotten(this, process::end);
    }

    /**
     * What the child gets first. Credentials are padded with blanks, so that they are written in whole pieces and
     * none of them stays in the buffer of a stream.
     */
    static byte[] openingMessage(byte[] request, Credentials credentials) {
        byte[] secret = credentials.toJson();
        int size = secret == null
                ? 0
                : (secret.length + PinnaceProcess.PIECE - 1) / PinnaceProcess.PIECE * PinnaceProcess.PIECE;
        byte[] header = ascii("{\"version\":" + Protocol.VERSION + ",\"requestBytes\":" + request.length
                + ",\"credentialsBytes\":" + (secret == null ? "null" : size) + "}\n");
        byte[] message = new byte[header.length + request.length + size];
        System.arraycopy(header, 0, message, 0, header.length);
        System.arraycopy(request, 0, message, header.length, request.length);
        if (secret != null) {
            int start = message.length - size;
            System.arraycopy(secret, 0, message, start, secret.length);
            Arrays.fill(message, start + secret.length, message.length, (byte) ' ');
            Arrays.fill(secret, (byte) 0);
        }
        return message;
    }

    /** Waits until the request is found good. */
    void awaitOpened(String wantedVersion) throws EngineException, InterruptedException {
        JsonNode answer = nextAnswer();
        String version = answer.path("version").asText();
        if (!answer.path("event").asText().equals("opened") || !version.equals(wantedVersion)) {
            process.kill();
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
                case "output":
                    listener.output(bytes(message));
                    break;
                case "error_output":
                    listener.errorOutput(bytes(message));
                    break;
                case "ready":
                    listener.ready(Protocol.readReady(message.path("ready")));
                    break;
                case "progress":
                    listener.progress(
                            message.path("text").asText(),
                            message.path("done").asLong(),
                            message.path("total").asLong());
                    break;
                default:
                    process.kill();
                    throw new EngineException(ErrorCode.INTERNAL, "pinnace answered with an event that is not known");
            }
        }
    }

    private byte[] bytes(JsonNode message) throws EngineException {
        try {
            return Base64.getDecoder().decode(message.path("bytes").asText());
        } catch (IllegalArgumentException e) {
            process.kill();
            throw new EngineException(ErrorCode.INTERNAL, "output of a container: expected base64", e);
        }
    }

    /** The next message that is no error; an error is thrown. An interrupt cancels, and is waited for. */
    private JsonNode nextAnswer() throws EngineException, InterruptedException {
        byte[] line = nextLine();
        if (line.length == 0) {
            throw endedWithoutAnswer();
        }
        JsonNode message;
        try {
            message = Protocol.readTree("answer of pinnace", line);
        } catch (EngineException e) {
            process.kill();
            throw e;
        }
        if (message.path("event").asText().equals("error")) {
            EngineException failure = Protocol.error(Protocol.write(message.path("error")));
            throw failure.code() == ErrorCode.CANCELLED ? stopped() : failure;
        }
        return message;
    }

    private EngineException endedWithoutAnswer() throws InterruptedException {
        int code = process.exitCode();
        if (code == TERMINATED || isCancelled()) {
            return stopped();
        }
        String error = process.error();
        return new EngineException(
                ErrorCode.INTERNAL,
                "pinnace ended without an answer: exit code " + code + (error.isEmpty() ? "" : ": " + error));
    }

    /** The child was told to stop: by us, or by who sends it a signal, as when a machine shuts down. */
    private EngineException stopped() {
        return isCancelled()
                ? new EngineException(ErrorCode.CANCELLED, "cancelled")
                : new EngineException(ErrorCode.UNAVAILABLE, "pinnace was told to stop by somebody else");
    }

    private byte[] nextLine() {
        return Cancellation.await(process::nextLine, this::cancel);
    }

    private synchronized boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void cancel() {
        synchronized (this) {
            cancelled = true;
        }
        process.end();
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
        process.end();
    }

    @Override
    public void close() {
        synchronized (this) {
            if (state == State.RUNNING) {
                throw new IllegalStateException("the job is running; cancel it before it is closed");
            }
            state = State.CLOSED;
        }
        process.end();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
