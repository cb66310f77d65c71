package io.pinnace.engine;

/**
 * Hears what a running job says, on the thread that runs it. The job waits when log lines or output
 * come faster than they are taken, so that nothing is lost.
 */
public interface EventListener {
    /** Hears nothing. */
    EventListener NONE = new EventListener() {};

    /** One line, without its end. */
    default void log(String line) {}

    /** One line, without its end. */
    default void warning(String line) {}

    /**
     * The newest numbers, at most 20 times a second.
     *
     * @param what is counted
     * @param done bytes
     * @param total bytes, 0: not known
     */
    default void progress(String what, long done, long total) {}

    /** Of a container that runs: bytes as it wrote them to its standard output, which begin and end anywhere. */
    default void output(byte[] bytes) {}

    /** The same of its standard error. */
    default void errorOutput(byte[] bytes) {}

    /** A container that runs is ready. Said once. */
    default void ready(Ready ready) {}
}
