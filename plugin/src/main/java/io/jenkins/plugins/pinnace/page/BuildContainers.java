package io.jenkins.plugins.pinnace.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.AtomicFileWriter;
import io.jenkins.plugins.pinnace.results.ImageDifference;
import io.pinnace.engine.BuildResult;
import io.pinnace.engine.PromoteResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * What a build made and promoted, in a file beside its build.xml: {@code pinnace/containers.json}. It moves and goes with
 * the build. Agents say how much there is, so the file is bounded: the oldest entries go first.
 */
public final class BuildContainers {
    /** More than one entry has, see JobResults. */
    static final int MAX_BYTES = 4 << 20;

    private static final Logger LOGGER = Logger.getLogger(BuildContainers.class.getName());
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

    public void add(BuildResult image, TaskListener listener) throws IOException {
        add(contents -> contents.with(ImageEntry.of(image)), listener);
    }

    public void add(PromoteResult promotion, String who, String reason, TaskListener listener) throws IOException {
        add(contents -> contents.with(PromotionEntry.of(promotion, who, reason)), listener);
    }

    /**
     * @param report of what changed, as text
     * @param before the build that made {@code from}; null: another job may have
     */
    public void add(
            String from,
            String to,
            ImageDifference difference,
            String report,
            @CheckForNull Run<?, ?> before,
            TaskListener listener)
            throws IOException {
        List<SourceChange> sources = before == null ? List.of() : SourceChange.between(before, run);
        add(contents -> contents.with(ChangeEntry.of(from, to, difference, report, sources)), listener);
    }

    /**
     * The last image that the build made in the repository or directory of {@code image}, by digest; null if there is
     * none, or nobody can tell.
     */
    @CheckForNull
    public String lastLike(String image) {
        try {
            String wanted = Digests.repository(image);
            return read().images().stream()
                    .flatMap(entry -> entry.references().stream())
                    .filter(reference -> Digests.repository(reference).equals(wanted))
                    .reduce((first, second) -> second)
                    .orElse(null);
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "not compared with", e);
            return null;
        }
    }

    /** What can't be read is kept as it is: somebody may mend it, and what was done is done. */
    private void add(UnaryOperator<Contents> entry, TaskListener listener) throws IOException {
        synchronized (lock()) {
            Contents contents;
            try {
                contents = read();
            } catch (UnreadableException e) {
                LOGGER.log(Level.WARNING, "{0}: nothing is added to what it says", e.getMessage());
                listener.getLogger()
                        .println("warning: not on the page of this build: " + e.getMessage() + "; the file is kept");
                return;
            }
            write(entry.apply(contents));
        }
    }

    /** The file is there, and says nothing that this version of the plugin understands. */
    static final class UnreadableException extends IOException {
        private static final long serialVersionUID = 1;

        UnreadableException(Path file, String why) {
            super(file + ": " + why);
        }
    }

    /**
     * Empty if the build made nothing yet.
     *
     * @throws UnreadableException for a file that is damaged or of another version
     */
    Contents read() throws IOException {
        Path file = file();
        if (!Files.exists(file)) {
            return Contents.empty();
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new UnreadableException(file, "it has " + Files.size(file) + " bytes, and may have " + MAX_BYTES);
        }
        try {
            JsonNode text = JSON.readTree(Files.readAllBytes(file));
            int version = text.path("version").asInt();
            if (version > Contents.VERSION) {
                throw new UnreadableException(
                        file, "a newer version of the Pinnace plugin wrote it (version " + version + " of the format)");
            }
            Contents contents = JSON.treeToValue(text, Contents.class);
            if (contents == null || version < 1 || !contents.isWhole()) {
                throw new UnreadableException(file, "it is damaged: something is missing");
            }
            return contents;
        } catch (JsonProcessingException e) {
            throw new UnreadableException(file, "it is damaged: " + e.getOriginalMessage());
        }
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
