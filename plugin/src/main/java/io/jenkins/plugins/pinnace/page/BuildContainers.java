package io.jenkins.plugins.pinnace.page;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.json.JsonMapper;
import hudson.model.Run;
import hudson.util.AtomicFileWriter;
import io.pinnace.engine.BuildResult;
import io.pinnace.engine.PromoteResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a build made and promoted, in a file beside its build.xml: {@code pinnace/containers.json}. It moves and goes with
 * the build.
 */
public final class BuildContainers {
    private static final long MAX_BYTES = 64 << 20;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxDocumentLength(MAX_BYTES)
                            .maxNestingDepth(16)
                            .maxStringLength(1 << 16)
                            .build())
                    .build())
            .build();

    private final Run<?, ?> run;

    private BuildContainers(Run<?, ?> run) {
        this.run = run;
    }

    public static BuildContainers of(Run<?, ?> run) {
        return new BuildContainers(run);
    }

    public void add(BuildResult image) throws IOException {
        synchronized (BuildContainers.class) {
            write(read().with(ImageEntry.of(image)));
        }
    }

    public void add(PromoteResult promotion, String who, String reason) throws IOException {
        synchronized (BuildContainers.class) {
            write(read().with(PromotionEntry.of(promotion, who, reason)));
        }
    }

    /** Empty if the build made nothing yet. */
    Contents read() throws IOException {
        Path file = file();
        if (!Files.exists(file)) {
            return Contents.empty();
        }
        Contents contents = JSON.readValue(Files.readAllBytes(file), Contents.class);
        if (contents.version() != Contents.VERSION) {
            throw new IOException(file + ": version " + contents.version() + " is not known");
        }
        return contents;
    }

    private void write(Contents contents) throws IOException {
        Files.createDirectories(directory());
        try (AtomicFileWriter writer = new AtomicFileWriter(file(), StandardCharsets.UTF_8)) {
            try {
                writer.write(JSON.writeValueAsString(contents));
                writer.commit();
            } finally {
                writer.abort();
            }
        }
        if (run.getAction(ContainersAction.class) == null) {
            run.addAction(new ContainersAction());
            run.save();
        }
    }

    private Path file() {
        return directory().resolve("containers.json");
    }

    private Path directory() {
        return run.getRootDir().toPath().resolve("pinnace");
    }
}
