package io.pinnace.engine;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A child process that is written to and answers in lines. Threads of its own do both, so that whoever uses it
 * waits for nothing that an interrupt can't end: one writes what is in a queue, one reads lines into a bounded
 * one, so that the child waits for whoever takes them, and one the end of standard error.
 */
final class PinnaceProcess {
    /**
     * What is written at once. The JDK's stream to a child keeps less than that in its buffer, where credentials
     * would stay, and passes this on.
     */
    static final int PIECE = 8192;

    /** A job that is cancelled ends by itself within a second, or what it was given to stop; what does not is killed. */
    private static final long GRACE_SECONDS = 5;

    private static final int MAX_LINE = 64 << 20;
    private static final int MAX_ERROR = 4096;
    private static final byte[] END = new byte[0];

    private final Process process;
    private final BlockingQueue<byte[]> input = new LinkedBlockingQueue<>();
    private final BlockingQueue<byte[]> lines = new ArrayBlockingQueue<>(256);
    private final AtomicBoolean ending = new AtomicBoolean();
    private final Thread lineReader;
    private final Thread errorReader;
    private final int stopSeconds;
    private volatile String error = "";

    /** @param stopSeconds that its job has to stop when it is cancelled */
    PinnaceProcess(List<String> command, int stopSeconds) throws EngineException {
        this.stopSeconds = stopSeconds;
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new EngineException(ErrorCode.IO, "cannot start pinnace: " + e.getMessage(), e);
        }
        start("input", this::writeInput);
        lineReader = start("lines", this::readLines);
        errorReader = start("errors", this::readError);
    }

    /** Empty at the end of the output, and when the child has ended but somebody else keeps its output open. */
    byte[] nextLine() throws InterruptedException {
        byte[] line = null;
        while (line == null) {
            boolean alive = process.isAlive();
            line = lines.poll(alive ? 100 : 1000, TimeUnit.MILLISECONDS);
            if (line == null && !alive) {
                line = END;
            }
        }
        if (line == END) {
            lines.offer(END); // for the next one who asks
        }
        return line;
    }

    /**
     * Takes the bytes over, and overwrites them when they are written or can't be: a child that has ended has said
     * why.
     */
    void write(byte[] bytes) {
        input.add(bytes);
    }

    /** The child sees the end of its input, which tells it to end; it is killed unless it does so soon. */
    void end() {
        if (ending.compareAndSet(false, true)) {
            input.add(END);
            start("end", this::killIfLate);
        }
    }

    /** Ends the child and all that it has started, at once. */
    void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        lineReader.interrupt();
    }

    /** The exit code, 128 and more for a signal; ends it if its output has ended and it has not. */
    int exitCode() throws InterruptedException {
        end();
        return process.waitFor();
    }

    /** The end of what it wrote to standard error, as far as that is known. */
    String error() throws InterruptedException {
        errorReader.join(1000); // somebody else may keep it open
        return error;
    }

    private void killIfLate() {
        try {
            if (process.waitFor(GRACE_SECONDS + stopSeconds, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            // Nobody does that; and if so, it is to end at once.
        }
        kill();
    }

    private Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, "pinnace-" + process.pid() + "-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void writeInput() {
        try (OutputStream stream = process.getOutputStream()) {
            for (byte[] bytes = input.take(); bytes != END; bytes = input.take()) {
                writePieces(stream, bytes);
            }
        } catch (IOException | InterruptedException e) {
            // Its answer tells more.
        }
    }

    private static void writePieces(OutputStream stream, byte[] bytes) throws IOException {
        try {
            int first = bytes.length % PIECE;
            stream.write(bytes, 0, first);
            for (int at = first; at < bytes.length; at += PIECE) {
                stream.write(bytes, at, PIECE);
            }
            stream.flush();
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private void readLines() {
        try (InputStream output = new BufferedInputStream(process.getInputStream(), 1 << 16)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = output.read(); next >= 0; next = output.read()) {
                if (next != '\n') {
                    line.write(next);
                } else if (line.size() > 0) {
                    lines.put(line.toByteArray());
                    line.reset();
                }
                if (line.size() > MAX_LINE) {
                    kill();
                    break;
                }
            }
            lines.put(END);
        } catch (IOException | InterruptedException e) {
            lines.clear();
            lines.add(END);
        }
    }

    private void readError() {
        byte[] tail = new byte[0];
        try (InputStream stream = process.getErrorStream()) {
            byte[] buffer = new byte[MAX_ERROR];
            for (int size = stream.read(buffer); size >= 0; size = stream.read(buffer)) {
                byte[] all = Arrays.copyOf(tail, tail.length + size);
                System.arraycopy(buffer, 0, all, tail.length, size);
                tail = Arrays.copyOfRange(all, Math.max(0, all.length - MAX_ERROR), all.length);
            }
        } catch (IOException e) {
            // What came until now must do.
        }
        error = new String(tail, StandardCharsets.UTF_8).strip();
    }
}
