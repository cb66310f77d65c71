package io.jenkins.plugins.pinnace.engine;

import hudson.AbortException;
import io.jenkins.plugins.pinnace.text.ImageName;
import io.jenkins.plugins.pinnace.text.PlainText;
import io.pinnace.engine.BuildResult;
import io.pinnace.engine.EngineException;
import io.pinnace.engine.ErrorCode;
import io.pinnace.engine.InspectResult;
import io.pinnace.engine.PinResult;
import io.pinnace.engine.PingResult;
import io.pinnace.engine.PromoteResult;
import io.pinnace.engine.RunResult;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Checks what a job answered before anybody believes it: agents are hostile. After this there is no text in it that is
 * long or can't be printed, no list without end, and no size that overflows a sum. Whether a digest is true only a registry
 * can tell.
 */
public final class JobResults {
    static final int MAX_BYTES = 8 << 20;

    private static final int MAX_TEXT = 1024;
    private static final int MAX_IMAGES = 100;
    private static final int MAX_LAYERS = 1000;
    private static final int MAX_LAYERS_OF_ALL = 5000;
    /** A petabyte; so many of all layers are a number still. */
    private static final long MAX_SIZE = 1L << 50;

    private static final int MAX_LINES = 10_000;
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._:/@+\\[\\]-]*");

    private final String job;
    private int layersOfAll;

    private JobResults(String job) {
        this.job = job;
    }

    static void check(String job, Object result) throws EngineException {
        JobResults checks = new JobResults(job);
        if (result instanceof BuildResult build) {
            checks.build(build);
        } else if (result instanceof InspectResult inspect) {
            checks.inspect(inspect);
        } else if (result instanceof PinResult pin) {
            checks.pin(pin);
        } else if (result instanceof PromoteResult promote) {
            checks.promote(promote);
        } else if (result instanceof PingResult ping) {
            checks.text("url", ping.url());
        } else if (result instanceof RunResult run) {
            checks.digest(run.digest());
        } else {
            throw new IllegalArgumentException("no checks for " + result.getClass());
        }
    }

    /** Whether it is the digest of something. */
    public static boolean isDigest(String text) {
        return text != null && DIGEST.matcher(text).matches();
    }

    /**
     * An agent names what it was told to make, and nothing else.
     *
     * @param tags that were asked for
     */
    public static void checkReferences(BuildResult result, List<String> tags) throws AbortException {
        String digest = "@" + result.digest();
        Set<String> expected = tags.stream().map(tag -> completed(tag) + digest).collect(Collectors.toSet());
        for (String reference : result.references()) {
            if (!expected.contains(completed(reference))) {
                throw new AbortException("result of job build: reference \"" + reference + "\" was not asked for");
            }
        }
        if (result.references().size() != tags.size() || result.images().isEmpty()) {
            throw new AbortException("result of job build: something is missing in it");
        }
    }

    private static String completed(String name) {
        ImageName image = ImageName.of(name);
        return image.is(ImageName.Kind.REGISTRY) ? image.completed() : name;
    }

    private void build(BuildResult result) throws EngineException {
        digest(result.digest());
        name("mediaType", result.mediaType());
        size(result.size());
        for (String reference : list("references", result.references(), MAX_IMAGES)) {
            text("reference", reference);
        }
        for (BuildResult.Image image : list("images", result.images(), MAX_IMAGES)) {
            name("platform", image.platform());
            digest(image.digest());
            size(image.size());
            for (BuildResult.Layer layer : layers(image.layers())) {
                digest(layer.digest());
                size(layer.size());
            }
            if (image.base() != null) {
                text("base", image.base().name());
                digest(image.base().digest());
            }
        }
    }

    private void inspect(InspectResult result) throws EngineException {
        for (InspectResult.Item item : list("images", result.images(), MAX_IMAGES)) {
            text("reference", item.reference());
            digest(item.digest());
            name("mediaType", item.mediaType());
            size(item.size());
            for (InspectResult.Image image : list("images", item.images(), MAX_IMAGES)) {
                digest(image.digest());
                if (image.platform() != null) {
                    name("platform", image.platform());
                }
                for (InspectResult.Layer layer : layers(image.layers())) {
                    digest(layer.digest());
                    size(layer.size());
                }
            }
        }
    }

    private void pin(PinResult result) throws EngineException {
        for (PinResult.Lock lock : list("locks", result.locks(), MAX_IMAGES)) {
            text("definition", lock.definition());
            text("lock", lock.lock());
            for (String line : lines("differences", lock.differences())) {
                text("differences", line);
            }
            for (PinResult.Image image : list("images", lock.images(), MAX_LAYERS)) {
                text("name", image.name());
                digest(image.digest());
            }
        }
    }

    private void promote(PromoteResult result) throws EngineException {
        text("source", result.source());
        text("target", result.target());
        digest(result.digest());
        name("mediaType", result.mediaType());
        name("environment", result.environment());
        if (result.tag() != null) {
            name("tag", result.tag());
        }
        if (result.replaced() != null) {
            digest(result.replaced());
        }
        size(result.bytesSent());
    }

    private <T> List<T> list(String what, List<T> values, int max) throws EngineException {
        if (values == null || values.size() > max || values.stream().anyMatch(Objects::isNull)) {
            throw refused(what, values == null ? "none" : values.size() + " entries");
        }
        return values;
    }

    private <T> List<T> layers(List<T> values) throws EngineException {
        layersOfAll += list("layers", values, MAX_LAYERS).size();
        if (layersOfAll > MAX_LAYERS_OF_ALL) {
            throw refused("layers", layersOfAll + " entries in all");
        }
        return values;
    }

    private void digest(String value) throws EngineException {
        if (!isDigest(value)) {
            throw refused("digest", value);
        }
    }

    private void name(String what, String value) throws EngineException {
        if (value == null || value.length() > MAX_TEXT || !NAME.matcher(value).matches()) {
            throw refused(what, value);
        }
    }

    private void text(String what, String value) throws EngineException {
        if (value == null || value.length() > MAX_TEXT || !PlainText.isPlain(value)) {
            throw refused(what, value);
        }
    }

    private List<String> lines(String what, String value) throws EngineException {
        if (value == null) {
            throw refused(what, null);
        }
        return list(what, value.lines().limit(MAX_LINES + 1).toList(), MAX_LINES);
    }

    private void size(Long value) throws EngineException {
        if (value == null || value < 0 || value > MAX_SIZE) {
            throw refused("size", String.valueOf(value));
        }
    }

    private EngineException refused(String what, String value) {
        String shown = value == null ? "null" : PlainText.line(value);
        if (shown.length() > 80) {
            shown = shown.substring(0, 80) + "...";
        }
        return new EngineException(
                ErrorCode.INTERNAL, "result of job " + job + ": " + what + " \"" + shown + "\" is refused", List.of());
    }
}
