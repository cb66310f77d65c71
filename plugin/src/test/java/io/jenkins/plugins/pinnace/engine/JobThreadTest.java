package io.jenkins.plugins.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinnace.engine.EngineException;
import io.pinnace.engine.ErrorCode;
import io.pinnace.engine.EventListener;
import io.pinnace.engine.Job;
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

    private abstract static class Events implements EventListener {
        @Override
        public void warning(String line) {}

        @Override
        public void progress(String what, long done, long total) {}
    }

    @Test
    void anInterruptWhileALineIsWrittenCancelsTheJob() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch written = new CountDownLatch(1);
        Events swallowing = new Events() {
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
        Events silent = new Events() {
            @Override
            public void log(String line) {}
        };
        EngineException failure = new EngineException(ErrorCode.NOT_FOUND, "it is not there", List.of());
        assertArrayEquals(result, JobThread.run(ends(result, null), silent));
        assertSame(failure, assertThrows(EngineException.class, () -> JobThread.run(ends(null, failure), silent)));
        Events failing = new Events() {
            @Override
            public void log(String line) {
                throw new IllegalArgumentException(line);
            }
        };
        assertThrows(IllegalArgumentException.class, () -> JobThread.run(ends(result, null), failing));
        assertFalse(Thread.currentThread().isInterrupted());
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
