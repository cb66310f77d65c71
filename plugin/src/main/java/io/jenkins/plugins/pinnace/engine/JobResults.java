package io.jenkins.plugins.pinnace.engine;

import hudson.AbortException;
import io.jenkins.plugins.pinnace.text.ImageName;
import io.pinnace.engine.BuildResult;
import io.pinnace.engine.EngineException;
import io.pinnace.engine.ErrorCode;
import io.pinnace.engine.InspectResult;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is checked of a job's answer beyond its schema before anybody believes it: agents are hostile. After this no size
 * overflows a sum, and what was asked for is there. Whether a digest is true only a registry can tell.
 */
public final class JobResults {
    static final int MAX_BYTES = 8 << 20;

    /** What a build's page keeps of one image stays small. */
    private static final int MAX_PLATFORMS = 100;

    /** A layer has at most 2^50 bytes: so many are a number still. */
    private static final int MAX_LAYERS_OF_ALL = 5000;

    private JobResults() {}

    static void check(String job, Object result) throws EngineException {
        if (result instanceof BuildResult build) {
            if (build.images().size() > MAX_PLATFORMS) {
                throw refused(job, "images", build.images().size() + " entries");
            }
            checkLayers(job, build.images().stream().map(BuildResult.Image::layers));
        } else if (result instanceof InspectResult inspect) {
            if (inspect.images().stream().anyMatch(item -> item.images() == null)) {
                throw refused(job, "images", "none");
            }
            checkLayers(
                    job,
                    inspect.images().stream()
                            .flatMap(item -> item.images().stream())
                            .map(InspectResult.Image::layers));
        }
    }

    private static void checkLayers(String job, Stream<? extends Collection<?>> ofImages) throws EngineException {
        int all = ofImages.mapToInt(Collection::size).sum();
        if (all > MAX_LAYERS_OF_ALL) {
            throw refused(job, "layers", all + " entries in all");
        }
    }

    private static EngineException refused(String job, String what, String found) {
        return new EngineException(
                ErrorCode.INTERNAL, "result of job " + job + ": " + what + " \"" + found + "\" is refused", List.of());
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
        boolean isBuilt = result.digest() != null && result.mediaType() != null;
        if (!isBuilt
                || result.references().size() != tags.size()
                || result.images().isEmpty()) {
            throw new AbortException("result of job build: something is missing in it");
        }
    }

    private static String completed(String name) {
        ImageName image = ImageName.of(name);
        return image.is(ImageName.Kind.REGISTRY) ? image.completed() : name;
    }
}
