package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JobThreadTest {
    /** Says a line, and works until it is cancelled. */
    private static class Endless implements Job<byte[]> {
        private final CountDownLatch cancelled = new CountDownLatch(1);

        @Override
        public byte[] run(EventListener listener) throws EngineException, InterruptedException {
            listener.log("a line");
            cancelled.await();
            throw new InterruptedException();
        }

        @Override
        public void cancel() {
            cancelled.countDown();
        }

        @Override
        public void close() {}
    }

    @Test
    void anInterruptWhileALineIsWrittenCancelsTheJob() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        EventListener swallowing = new EventListener() {
            @Override
            public void log(String line) {
                writing.countDown();
                try {
                    written.await();
                } catch (InterruptedException e) {
                    // As the connection of a WebSocket agent has it.
                }
            }
        };
        Endless job = new Endless();
        AtomicReference<Throwable> end = new AtomicReference<>();
        Thread caller = new Thread(() -> {
            try {
                JobThread.run(job, swallowing);
            } catch (Exception e) {
                end.set(e);
            }
        });
        caller.start();
        writing.await();
        caller.interrupt();
        assertTrue(job.cancelled.await(30, TimeUnit.SECONDS), "the interrupt was lost");
        written.countDown();
        caller.join();
        assertEquals(InterruptedException.class, end.get().getClass());
    }

    @Test
    void resultsAndFailuresPass() throws Exception {
        byte[] result = {1, 2};
        EngineException failure = new EngineException(ErrorCode.NOT_FOUND, "it is not there", List.of());
        assertArrayEquals(result, JobThread.run(ends(result, null), EventListener.NONE));
        assertSame(
                failure,
                assertThrows(EngineException.class, () -> JobThread.run(ends(null, failure), EventListener.NONE)));
        EventListener failing = new EventListener() {
            @Override
            public void log(String line) {
                throw new IllegalArgumentException(line);
            }
        };
        assertThrows(IllegalArgumentException.class, () -> JobThread.run(ends(result, null), failing));
        assertFalse(Thread.currentThread().isInterrupted());
    }

    /** A job that has its result when it is cancelled has it, and the caller learns of the interrupt later. */
    @Test
    void anInterruptThatCameTooLateIsThereAgain() throws Exception {
        byte[] result = {3};
        Job<byte[]> job = new Endless() {
            @Override
            public byte[] run(EventListener listener) throws EngineException {
                assertThrows(InterruptedException.class, () -> super.run(listener));
                return result;
            }
        };
        Thread.currentThread().interrupt();
        assertArrayEquals(result, JobThread.run(job, EventListener.NONE));
        assertTrue(Thread.interrupted());
    }

    private static Job<byte[]> ends(byte[] result, EngineException failure) {
        return new Endless() {
            @Override
            public byte[] run(EventListener listener) throws EngineException {
                listener.log("a line");
                if (failure != null) {
                    throw failure;
                }
                return result;
            }
        };
    }
}
