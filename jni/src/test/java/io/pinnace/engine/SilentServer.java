package io.pinnace.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Accepts connections, reads what comes, and never answers. */
final class SilentServer implements AutoCloseable {
    private final ServerSocket server;
    private final List<Socket> sockets = new ArrayList<>();
    private CountDownLatch asked = new CountDownLatch(1);

    SilentServer() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::accept);
        thread.setDaemon(true);
        thread.start();
    }

    String host() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    /** Opens when the next request is there. */
    synchronized CountDownLatch nextRequest() {
        asked = new CountDownLatch(1);
        return asked;
    }

    private void accept() {
        try {
            for (; ; ) {
                Socket socket = server.accept();
                socket.getInputStream().read();
                synchronized (this) {
                    sockets.add(socket);
                    asked.countDown();
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    @Override
    public synchronized void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
