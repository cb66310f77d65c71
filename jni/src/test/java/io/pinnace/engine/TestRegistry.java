package io.pinnace.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A docker-registry on a free loopback port, with its data in a directory. */
final class TestRegistry implements AutoCloseable {
    private final Process process;
    private final int port;

    /** @param htpasswd who may use it; null: everybody */
    TestRegistry(Path directory, String htpasswd) throws IOException, InterruptedException {
        port = freePort();
        Files.createDirectories(directory);
        String auth = "";
        if (htpasswd != null) {
            Path file = Files.writeString(directory.resolve("htpasswd"), htpasswd);
            auth = "auth: {htpasswd: {realm: test, path: " + file + "}}\n";
        }
        Path configuration = Files.writeString(
                directory.resolve("registry.yml"),
                """
                version: 0.1
                log: {level: error, accesslog: {disabled: true}}
                storage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}}
                http: {addr: "127.0.0.1:%d"}
                %s"""
                        .formatted(directory.resolve("data"), port, auth));
        ProcessBuilder builder = new ProcessBuilder("docker-registry", "serve", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("registry.log").toFile());
        builder.environment().put("OTEL_TRACES_EXPORTER", "none");
        process = builder.start();
        // A test JVM that dies must leave nothing behind.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        waitUntilItAnswers(directory);
    }

    String host() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void waitUntilItAnswers(Path directory) throws IOException, InterruptedException {
        for (int i = 0; i < 400 && process.isAlive(); i++) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                Thread.sleep(25);
            }
        }
        throw new IOException("docker-registry: " + Files.readString(directory.resolve("registry.log")));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
