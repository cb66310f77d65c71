package io.jenkins.plugins.pinnace;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A registry on loopback that listens, and never answers: who asks it is in the middle of something. */
public final class SilentRegistry implements Closeable {
    private static final long PATIENCE_SECONDS = 120;

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Queue<Socket> connections = new ConcurrentLinkedQueue<>();
    private final Semaphore asked = new Semaphore(0);
    private final Semaphore left = new Semaphore(0);

    public SilentRegistry() throws IOException {
        start(this::accept);
    }

    public String host() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Until somebody else asks. */
    public void awaitRequest() throws InterruptedException {
        assertTrue(asked.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS), "nobody asked");
    }

    /** Until somebody who asked does not wait for an answer any more. */
    public void awaitEnd() throws InterruptedException {
        assertTrue(left.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS), "who asked is still there");
    }

    private void accept() throws IOException {
        for (; ; ) {
            Socket connection = server.accept();
            connections.add(connection);
            asked.release();
            start(() -> {
                connection.getInputStream().transferTo(OutputStream.nullOutputStream());
                left.release();
            });
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // It was closed.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket connection : connections) {
            connection.close();
        }
    }
}
