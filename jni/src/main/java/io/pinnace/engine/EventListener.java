package io.pinnace.engine;

/**
 * Hears what a running job says, on the thread that runs it. The job waits when log lines come
 * faster than they are taken, so that none is lost.
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
}
