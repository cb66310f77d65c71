package io.pinnace.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** Loads the library into this class loader, once. */
final class NativeLoader {
    private static final String TAKEN = "already loaded in another classloader";

    private static String loaded;

    private final Platform platform = Platform.current();
    private final String wanted = wantedVersion();
    private final PlaceFailures failures = new PlaceFailures(platform, wanted);

    private NativeLoader() {}

    /** Returns the version. */
    static synchronized String load(LibraryPlaces places) throws EngineException {
        if (loaded == null) {
            loaded = new NativeLoader().loadFrom(places);
        }
        return loaded;
    }

    /** The version of the core that these classes are for. */
    static String wantedVersion() {
        try (InputStream file = NativeLoader.class.getResourceAsStream("engine.properties")) {
            Properties properties = new Properties();
            properties.load(file);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new IllegalStateException("engine.properties", e);
        }
    }

    private String loadFrom(LibraryPlaces places) throws EngineException {
        if (places.override() != null) {
            if (tryOverride(places)) {
                return checkedVersion(places.override());
            }
            throw failures.unsupported("cannot load the library");
        }
        BundledFile library = BundledFile.find(platform, BundledFile.LIBRARY);
        if (library == null) {
            throw failures.unsupported("not supported: there is no library for this platform");
        }
        for (Path directory : places.directories()) {
            if (tryDirectory(library, directory.toAbsolutePath())) {
                return checkedVersion(directory);
            }
        }
        if (tryTemporary(library::copyTo, temporary())) {
            return checkedVersion(temporary());
        }
        throw failures.unsupported("cannot load the library");
    }

    /** From a copy that stays in {@code directory}, for all class loaders and JVMs; from one of our own where it is taken. */
    private boolean tryDirectory(BundledFile library, Path directory) {
        try {
            Files.createDirectories(directory);
            if (tryLoad(library.copyTo(directory))) {
                return true;
            }
            return isTaken() && tryTemporary(library::copyTo, directory);
        } catch (IOException e) {
            return failures.add(directory, e.toString());
        }
    }

    /** The file itself; from a copy of our own where another class loader has it. */
    private boolean tryOverride(LibraryPlaces places) {
        Path file = places.override().toAbsolutePath();
        if (tryLoad(file)) {
            return true;
        }
        Copier copier = own -> Files.copy(file, own.resolve(file.getFileName()));
        return isTaken()
                && (places.directories().stream().anyMatch(directory -> tryTemporary(copier, directory))
                        || tryTemporary(copier, temporary()));
    }

    /** The JVM gives a file to one class loader only, and then says so. */
    private boolean isTaken() {
        return failures.last().contains(TAKEN);
    }

    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
    }

    /** Puts a copy of the library into a directory. */
    private interface Copier {
        Path copyTo(Path directory) throws IOException;
    }

    /** From a private copy below {@code directory} that goes as soon as it is loaded. */
    private boolean tryTemporary(Copier library, Path directory) {
        Path own = null;
        try {
            Files.createDirectories(directory);
            own = Files.createTempDirectory(directory.toAbsolutePath(), "pinnace-");
            return tryLoad(library.copyTo(own));
        } catch (IOException e) {
            return failures.add(directory, e.toString());
        } finally {
            if (own != null) {
                BundledFile.delete(own);
            }
        }
    }

    private boolean tryLoad(Path file) {
        try {
            System.load(file.toString());
            return true;
        } catch (LinkageError e) {
            return failures.add(file, e.getMessage() + MountOptions.hint(file));
        }
    }

    private String checkedVersion(Path place) throws EngineException {
        String found;
        try {
            found = new String(NativeLibrary.version(), StandardCharsets.UTF_8);
        } catch (LinkageError e) {
            failures.add(place, e.getMessage());
            throw failures.unsupported("this is no library of Pinnace");
        }
        if (!found.equals(wanted)) {
            failures.add(place, "it is version " + found);
            throw failures.unsupported("the library has another version");
        }
        return found;
    }
}
