package io.jenkins.plugins.pinnace.page;

import com.fasterxml.jackson.databind.json.JsonMapper;
import hudson.model.Run;
import hudson.util.AtomicFileWriter;
import io.pinnace.engine.BuildResult;
import io.pinnace.engine.PromoteResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a build made and promoted, in a file beside its build.xml: {@code pinnace/containers.json}. It moves and goes with
 * the build. Agents say how much there is, so the file is bounded: the oldest entries go first.
 */
public final class BuildContainers {
    /** More than one entry has, see JobResults. */
    static final int MAX_BYTES = 4 << 20;

    private static final JsonMapper JSON = new JsonMapper();
    /** So many builds can write at once. */
    private static final Object[] LOCKS = Stream.generate(Object::new).limit(64).toArray();

    private final Run<?, ?> run;

    private BuildContainers(Run<?, ?> run) {
        this.run = run;
    }

    public static BuildContainers of(Run<?, ?> run) {
        return new BuildContainers(run);
    }

    public void add(BuildResult image) throws IOException {
        synchronized (lock()) {
            write(read().with(ImageEntry.of(image)));
        }
    }

    public void add(PromoteResult promotion, String who, String reason) throws IOException {
        synchronized (lock()) {
            write(read().with(PromotionEntry.of(promotion, who, reason)));
        }
    }

    /** Empty if the build made nothing yet. */
    Contents read() throws IOException {
        Path file = file();
        if (!Files.exists(file)) {
            return Contents.empty();
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(file + ": it has " + Files.size(file) + " bytes, and may have " + MAX_BYTES);
        }
        Contents contents = JSON.readValue(Files.readAllBytes(file), Contents.class);
        if (contents.version() != Contents.VERSION) {
            throw new IOException(file + ": version " + contents.version() + " is not known");
        }
        return contents;
    }

    private void write(Contents contents) throws IOException {
        byte[] text = JSON.writeValueAsBytes(contents);
        for (Contents less = contents; text.length > MAX_BYTES; text = JSON.writeValueAsBytes(less)) {
            less = less.withoutOldest();
        }
        Files.createDirectories(directory());
        try (AtomicFileWriter writer = new AtomicFileWriter(file(), StandardCharsets.UTF_8)) {
            try {
                writer.write(new String(text, StandardCharsets.UTF_8));
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

    private Object lock() {
        return LOCKS[Math.floorMod(System.identityHashCode(run), LOCKS.length)];
    }

    private Path file() {
        return directory().resolve("containers.json");
    }

    private Path directory() {
        return run.getRootDir().toPath().resolve("pinnace");
    }
}
