package io.pinnace.engine;

/** What the library calls while a job runs, on the thread inside {@link NativeLibrary#run}. */
interface NativeSink {
    /**
     * @param kind 0 log, 1 progress, 2 warning, 3 output, 4 error output, 5 ready: as base::Event has them
     * @param text UTF-8; of output the bytes as they came, of ready JSON
     */
    void event(int kind, byte[] text, long done, long total) throws EngineException;

    /** Asked ten times a second and more: true cancels the job. */
    boolean wantsStop();
}
