package io.pinnace.engine;

/** What an interrupt does to a job, and how a cancelled job ends for Java. */
final class Cancellation {
    /** Waits for something. */
    interface Wait<T, E extends Exception> {
        T await() throws InterruptedException, E;
    }

    private Cancellation() {}

    /**
     * Waits to the end: an interrupt cancels what is waited for, and is there again afterwards.
     *
     * @param cancel ends the wait soon; called for every interrupt
     */
    static <T, E extends Exception> T await(Wait<T, E> wait, Runnable cancel) throws E {
        boolean interrupted = false;
        try {
            for (; ; ) {
                try {
                    return wait.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                    cancel.run();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

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
