package io.pinnace.engine;

/** What the library calls while a job runs, on the thread inside {@link NativeLibrary#run}. */
interface NativeSink {
    /** {@code kind}: 0 log, 1 progress, 2 warning. */
    void event(int kind, byte[] text, long done, long total);

    /** Asked ten times a second and more: true cancels the job. */
    boolean wantsStop();
}
