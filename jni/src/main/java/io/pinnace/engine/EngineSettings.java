package io.pinnace.engine;

import java.nio.file.Path;
import java.util.List;

/**
 * Which engine runs jobs, as an administrator configures it.
 *
 * @param kind which
 * @param directories for copies of the library or the executable, see {@link LibraryPlaces} and {@link Bundle}
 * @param executable for {@link Kind#PROCESS}; null: the one in our jar
 */
public record EngineSettings(Kind kind, List<Path> directories, Path executable) {
    /** The engines that there are. */
    public enum Kind {
        JNI,
        PROCESS
    }

    /** Makes the engine. Throws as {@link JniEngine#load}. */
    public Engine create() throws EngineException {
        Path[] places = directories.toArray(Path[]::new);
        return switch (kind) {
            case JNI -> JniEngine.load(LibraryPlaces.in(places));
            case PROCESS -> executable == null ? ProcessEngine.fromBundle(places) : new ProcessEngine(executable);
        };
    }
}
