package io.pinnace.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The engines under test, and what requests need. */
final class TestEngines {
    static final Path EXECUTABLE =
            Path.of(System.getProperty("pinnace.test.executable")).toAbsolutePath();

    private TestEngines() {}

    static Engine jni() throws EngineException {
        return JniEngine.load(LibraryPlaces.in(Path.of("target/test-cache").toAbsolutePath()));
    }

    static Engine process() {
        return new ProcessEngine(EXECUTABLE);
    }

    static Engine create(EngineSettings.Kind kind) throws EngineException {
        return new EngineSettings(kind, List.of(Path.of("target/test-cache").toAbsolutePath()), EXECUTABLE).create();
    }

    /** Neither the user's settings nor their store play a part. */
    static JobSettings settings(Path directory) throws IOException {
        Path registries = directory.resolve("registries.yaml");
        if (!Files.exists(registries)) {
            Files.writeString(registries, "version: 1\nregistries: {}\n");
        }
        return new JobSettings(directory.resolve("store").toString(), registries.toString());
    }

    /** A small number by default, the full one with -Dpinnace.test.long. */
    static int amount(int usual, int full) {
        return Boolean.getBoolean("pinnace.test.long") ? full : usual;
    }
}
