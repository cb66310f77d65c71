package io.pinnace.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Keeps what a job said, and on which threads. */
final class Recorder implements EventListener {
    final List<String> lines = new ArrayList<>();
    final List<Thread> threads = new ArrayList<>();
    int progress;

    @Override
    public void log(String line) {
        add("log " + line);
    }

    @Override
    public void warning(String line) {
        add("warning " + line);
    }

    @Override
    public void progress(String what, long done, long total) {
        progress++;
        threads.add(Thread.currentThread());
    }

    @Override
    public void output(byte[] bytes) {
        add("output " + Arrays.toString(bytes));
    }

    @Override
    public void errorOutput(byte[] bytes) {
        add("error output " + Arrays.toString(bytes));
    }

    @Override
    public void ready(Ready ready) {
        add("ready " + ready.ports());
    }

    private void add(String line) {
        lines.add(line);
        threads.add(Thread.currentThread());
    }
}
