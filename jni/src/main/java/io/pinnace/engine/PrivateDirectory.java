package io.pinnace.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;

/**
 * A directory below one where everybody can write, to which nobody but this user has access.
 *
 * @param owner who made it
 */
record PrivateDirectory(Path path, UserPrincipal owner) {
    static PrivateDirectory createBelow(Path directory) throws IOException {
        Path path = Files.createTempDirectory(directory, "pinnace-");
        return new PrivateDirectory(path, attributes(path).owner());
    }

    /** Whether what has its name now is no link, of the same owner, and closed to all others. */
    boolean isStillOurs() {
        try {
            PosixFileAttributes found = attributes(path);
            return found.isDirectory()
                    && found.owner().equals(owner)
                    && PosixFilePermissions.toString(found.permissions()).equals("rwx------");
        } catch (IOException e) {
            return false;
        }
    }

    private static PosixFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
}
