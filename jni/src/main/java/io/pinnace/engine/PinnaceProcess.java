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
import java.util.concurrent.TimeUnit;

/**
 * A child process that answers in lines. Two threads read what it writes until it ends: lines into a
 * bounded queue, so that it waits for whoever takes them, and the end of standard error.
 */
final class PinnaceProcess {
    private static final int MAX_LINE = 64 << 20;
    private static final int MAX_ERROR = 4096;
    private static final byte[] END = new byte[0];

    private final Process process;
    private final BlockingQueue<byte[]> lines = new ArrayBlockingQueue<>(256);
    private final Thread lineReader;
    private final Thread errorReader;
    private volatile String error = "";

    PinnaceProcess(List<String> command) throws EngineException {
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new EngineException(ErrorCode.IO, "cannot start pinnace: " + e.getMessage(), e);
        }
        lineReader = start("lines", this::readLines);
        errorReader = start("errors", this::readError);
    }

    /** Empty at the end of the output, null if none came in time. */
    byte[] nextLine(long time, TimeUnit unit) throws InterruptedException {
        byte[] line = lines.poll(time, unit);
        if (line == END) {
            lines.add(END); // for the next one who asks
        }
        return line;
    }

    /** Fails quietly: a child that has ended has said why. */
    void write(byte[]... parts) {
        try {
            OutputStream input = process.getOutputStream();
            for (byte[] part : parts) {
                input.write(part);
            }
            input.flush();
        } catch (IOException e) {
            // Its answer tells more.
        }
    }

    /** The child sees the end of its input. */
    void closeInput() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It has ended already.
        }
    }

    /** Ends the child and all that it has started, at once. */
    void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        lineReader.interrupt();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** How it ended; waits for that. */
    String status() throws InterruptedException {
        int code = process.waitFor();
        errorReader.join();
        return "exit code " + code + (error.isEmpty() ? "" : ": " + error);
    }

    private Thread start(String name, Runnable work) {
        Thread thread = new Thread(work, "pinnace-" + process.pid() + "-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
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
