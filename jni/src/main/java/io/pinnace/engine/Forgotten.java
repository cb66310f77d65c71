package io.pinnace.engine;

import java.lang.ref.Cleaner;

/** Lets go of jobs that nobody closed, once they are garbage. */
final class Forgotten {
    private static final Cleaner CLEANER = Cleaner.create();

    private Forgotten() {}

    /** {@code action} must not refer to the job. */
    static Cleaner.Cleanable whenForgotten(Object job, Runnable action) {
        return CLEANER.register(job, action);
    }
}
