package io.pinnace.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.stream.Stream;

/**
 * A native file in our jar: the library or the executable. It is streamed, never held in memory. Its hash is in the jar
 * beside it, as CMake left it.
 */
final class BundledFile {
    static final String LIBRARY = "libpinnace_jni.so";
    static final String EXECUTABLE = "pinnace";

    private static final int HASH_DIGITS = 64;

    private final String name;
    private final URL resource;
    private final String hash;

    private BundledFile(String name, URL resource, String hash) {
        this.name = name;
        this.resource = resource;
        this.hash = hash;
    }

    /** Null if there is none for the platform. */
    static BundledFile find(Platform platform, String name) throws EngineException {
        String path = "native/" + platform.directory() + "/" + name;
        URL resource = BundledFile.class.getResource(path);
        URL hash = BundledFile.class.getResource(path + ".sha256");
        if (resource == null || hash == null) {
            return null;
        }
        try (InputStream text = open(hash)) {
            String digits = new String(text.readNBytes(HASH_DIGITS), StandardCharsets.US_ASCII);
            return new BundledFile(name, resource, digits);
        } catch (IOException e) {
            throw new EngineException(ErrorCode.IO, "reading " + hash + ": " + e.getMessage(), e);
        }
    }

    /** Where a copy in a directory is, or would be. */
    Path in(Path directory) {
        int dot = name.lastIndexOf('.');
        String stem = dot < 0 ? name : name.substring(0, dot);
        return directory.resolve(stem + "-" + hash.substring(0, 32) + name.substring(stem.length()));
    }

    /**
     * Puts a copy into a directory, named by its content's hash, so that versions lie side by side and a
     * file that is there can be used again; one with other content is replaced. It appears completely or
     * not at all, readable and executable by everybody who can reach the directory, whatever the umask.
     */
    Path copyTo(Path directory) throws IOException {
        Path file = in(directory);
        if (Files.isRegularFile(file) && hash.equals(hashOf(file))) {
            return file;
        }
        Path temporary = Files.createTempFile(directory, ".pinnace-tmp-", "");
        try {
            try (InputStream content = open(resource);
                    OutputStream copy = Files.newOutputStream(temporary)) {
                content.transferTo(copy);
            }
            if (!hash.equals(hashOf(temporary))) {
                throw new IOException("the copy of " + resource + " is not what it was");
            }
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return file;
    }

    /** Removes a directory with its files, as far as possible. */
    static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            // A file too many in a temporary directory is no reason to fail.
        }
    }

    /** Without the JVM's cache of open jars, which would keep the jar open. */
    private static InputStream open(URL resource) throws IOException {
        var connection = resource.openConnection();
        connection.setUseCaches(false);
        return connection.getInputStream();
    }

    private static String hashOf(Path file) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            return hash(content);
        }
    }

    private static String hash(InputStream content) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            content.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
