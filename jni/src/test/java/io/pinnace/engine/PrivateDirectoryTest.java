package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateDirectoryTest {
    @TempDir
    Path directory;

    @Test
    void isOursUntilSomebodyElseCouldBeThere() throws Exception {
        PrivateDirectory own = PrivateDirectory.createBelow(directory);
        assertTrue(own.isStillOurs());
        Files.setPosixFilePermissions(own.path(), PosixFilePermissions.fromString("rwxr-x---"));
        assertFalse(own.isStillOurs());
        Files.setPosixFilePermissions(own.path(), PosixFilePermissions.fromString("rwx------"));
        assertTrue(own.isStillOurs());

        Path moved = Files.move(own.path(), directory.resolve("moved"));
        assertFalse(own.isStillOurs());
        Files.createSymbolicLink(own.path(), moved);
        assertFalse(own.isStillOurs());
        Files.delete(own.path());
        Files.writeString(own.path(), "a file");
        assertFalse(own.isStillOurs());
    }

    @Test
    void eachIsAnother() throws Exception {
        assertFalse(PrivateDirectory.createBelow(directory)
                .path()
                .equals(PrivateDirectory.createBelow(directory).path()));
    }
}
