package io.pinnace.engine;

import java.nio.file.Path;
import java.util.List;

/**
 * Which engine runs jobs, as an administrator configures it.
 *
 * @param kind which
 * @param directories for {@link Kind#JNI}, see {@link LibraryPlaces}
 * @param executable for {@link Kind#PROCESS}
 */
public record EngineSettings(Kind kind, List<Path> directories, Path executable) {
    /** The engines that there are. */
    public enum Kind {
        JNI,
        PROCESS
    }

    /** Makes the engine. Throws as {@link JniEngine#load}. */
    public Engine create() throws EngineException {
        return switch (kind) {
            case JNI -> JniEngine.load(LibraryPlaces.in(directories.toArray(Path[]::new)));
            case PROCESS -> new ProcessEngine(executable);
        };
    }
}
