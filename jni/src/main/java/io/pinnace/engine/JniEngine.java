package io.pinnace.engine;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Runs jobs in this JVM. One copy of the library serves all engines of a class loader. */
public final class JniEngine implements Engine {
    private final String version;

    private JniEngine(String version) {
        this.version = version;
    }

    /**
     * Loads the library, unless this class loader has it already.
     *
     * @throws EngineException {@link ErrorCode#UNSUPPORTED} with every reason if there is no library
     *     for this platform, or none of the places would do
     */
    public static JniEngine load(LibraryPlaces places) throws EngineException {
        return new JniEngine(NativeLoader.load(places));
    }

    @Override
    public Job<byte[]> open(String name, byte[] request, Credentials credentials) throws EngineException {
        byte[] secret = credentials.toJson();
        try {
            return new NativeJob(NativeLibrary.open(name.getBytes(StandardCharsets.UTF_8), request, secret));
        } catch (NativeFailure failure) {
            throw failure.toEngineException();
        } finally {
            if (secret != null) {
                Arrays.fill(secret, (byte) 0);
            }
        }
    }

    @Override
    public String version() {
        return version;
    }

    private static final class NativeJob implements Job<byte[]> {
        private final long number;
        private final Cleaner.Cleanable forgotten;

        NativeJob(long number) {
            this.number = number;
            this.forgotten = Forgotten.whenForgotten(this, new Close(number));
        }

        @Override
        public byte[] run(EventListener listener) throws EngineException, InterruptedException {
            try {
                return NativeLibrary.run(number, new Sink(listener));
            } catch (NativeFailure failure) {
                throw Cancellation.orFailure(failure.toEngineException());
            } finally {
                Reference.reachabilityFence(this);
            }
        }

        @Override
        public void cancel() {
            NativeLibrary.cancel(number);
        }

        @Override
        public void close() {
            try {
                NativeLibrary.close(number);
            } catch (NativeFailure failure) {
                throw new IllegalStateException(failure.toEngineException().getMessage(), failure);
            }
            forgotten.clean();
        }
    }

    /** Must not refer to the job itself. */
    private record Close(long number) implements Runnable {
        @Override
        public void run() {
            try {
                NativeLibrary.close(number);
            } catch (NativeFailure failure) {
                // It runs: then it is not forgotten, and this is not reached.
            }
        }
    }

    private record Sink(EventListener listener) implements NativeSink {
        @Override
        public void event(int kind, byte[] text, long done, long total) throws EngineException {
            switch (kind) {
                case 0 -> listener.log(new String(text, StandardCharsets.UTF_8));
                case 1 -> listener.progress(new String(text, StandardCharsets.UTF_8), done, total);
                case 2 -> listener.warning(new String(text, StandardCharsets.UTF_8));
                case 3 -> listener.output(text);
                case 4 -> listener.errorOutput(text);
                case 5 -> listener.ready(Protocol.readReady(Protocol.readTree("event", text)));
                default -> throw new EngineException(ErrorCode.INTERNAL, "the core said an event that is not known");
            }
        }

        @Override
        public boolean wantsStop() {
            return Thread.currentThread().isInterrupted();
        }
    }
}
