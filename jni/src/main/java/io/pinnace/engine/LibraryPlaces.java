package io.pinnace.engine;

import java.nio.file.Path;
import java.util.List;

/**
 * Where the native library may be put, to be loaded from there.
 *
 * @param override the library itself; null: the one in our jar
 * @param directories for copies of it, the first one that will do is taken: a cache, then a temporary
 *     directory of a workspace. Only the user of this JVM may be able to write there. They are made
 *     if they are missing. Last of all java.io.tmpdir is tried.
 */
public record LibraryPlaces(Path override, List<Path> directories) {
    /** Names {@code override}. */
    public static final String OVERRIDE_PROPERTY = "io.pinnace.engine.library";

    public LibraryPlaces {
        directories = List.copyOf(directories);
    }

    /** The system property decides about the override. */
    public static LibraryPlaces in(Path... directories) {
        String override = System.getProperty(OVERRIDE_PROPERTY);
        return new LibraryPlaces(override == null ? null : Path.of(override), List.of(directories));
    }
}
