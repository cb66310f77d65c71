package io.pinnace.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Uses the library of its class loader for all kinds of things. */
public final class UseEngine {
    private UseEngine() {}

    /** Builds, asks a registry that is not there, and leaves a job unclosed. */
    public static void use(Path directory) throws Exception {
        Engine engine = JniEngine.load(LibraryPlaces.in());
        JobSettings settings = TestEngines.settings(directory);
        Path definition = Files.writeString(
                directory.resolve("pinnace.yaml"),
                "version: 1\nbase: scratch\nartifacts: []\nplatforms: [linux/amd64]\n");
        BuildRequest build = BuildRequest.builder(settings)
                .definition(definition.toString())
                .tags(List.of("oci:" + directory.resolve("image") + ":1"))
                .build();
        engine.run(build, Credentials.none(), EventListener.NONE);
        try (SilentServer server = new SilentServer()) {
            Job<InspectResult> job = engine.open(
                    InspectRequest.builder(settings)
                            .references(List.of(server.host() + "/x:1"))
                            .build(),
                    Credentials.none());
            server.nextRequest();
            Thread.currentThread().interrupt();
            job.run(EventListener.NONE);
            throw new IllegalStateException("it was not interrupted");
        } catch (InterruptedException e) {
            engine.open(build, Credentials.none());
        }
    }
}
