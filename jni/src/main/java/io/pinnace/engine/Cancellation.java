package io.pinnace.engine;

/** How a cancelled job ends for Java. */
final class Cancellation {
    private Cancellation() {}

    /**
     * Returns the failure; throws InterruptedException instead if it says that the job was cancelled,
     * and takes back the interrupt that may have asked for it.
     */
    static EngineException orFailure(EngineException failure) throws InterruptedException {
        if (failure.code() != ErrorCode.CANCELLED) {
            return failure;
        }
        Thread.interrupted();
        InterruptedException interrupted = new InterruptedException(failure.getMessage());
        interrupted.initCause(failure);
        throw interrupted;
    }
}
