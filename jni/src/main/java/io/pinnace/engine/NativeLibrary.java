package io.pinnace.engine;

/**
 * The native methods of libpinnace_jni.so (jni/native/entries.cpp). Texts are UTF-8. A job is a
 * number that is checked: one that is closed or made up is refused.
 */
final class NativeLibrary {
    private NativeLibrary() {}

    /** Checks a request and makes its job. {@code credentials} may be null: the user's. */
    static native long open(byte[] name, byte[] request, byte[] credentials) throws NativeFailure;

    /** Does the work; calls {@code sink} on this thread. Returns the result. */
    static native byte[] run(long job, NativeSink sink) throws NativeFailure;

    /** From any thread, at any time. */
    static native void cancel(long job);

    /** Fails with "conflict" while the job is in {@link #run}. */
    static native void close(long job) throws NativeFailure;

    static native byte[] version();
}
