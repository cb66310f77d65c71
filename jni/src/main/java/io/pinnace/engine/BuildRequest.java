package io.pinnace.engine;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Map;

/**
 * Builds an image from a definition (a pinnace.yaml or a Containerfile), and pushes it while it is made.
 *
 * @param definition file
 * @param context directory of the artifacts; null: the definition's
 * @param lock file; null: pinnace.lock.json beside the definition
 * @param locked refuse what the lock does not pin
 * @param plan only say what would be built
 * @param check only look a Containerfile over
 * @param target stage of a Containerfile; null: the last one
 * @param buildArgs for the ARGs of a Containerfile
 * @param platforms only these; empty: what the definition says
 * @param tags where the image goes; empty: the local store
 * @param labels added to the image's
 * @param compression null: the definition's, else gzip
 * @param sourceDateEpoch seconds, the timestamps in the image; null: 0
 * @param threads 1 to 256 that compress; null: the cores
 * @param secrets for RUN --mount=type=secret: id to "file:PATH" or "env:NAME"
 * @param sshAgents for RUN --mount=type=ssh: id to the path of an agent's socket
 * @param sandbox how RUN runs; null: the defaults, which need an engine that is a process of its own
 * @param cache what is taken over from earlier builds, and what later ones get
 * @param verifyReproducible build twice without cache, and fail with the first difference
 * @param contextModes "keep": modes of the context's files as they are on disk; null or "normalize": what a umask may
 *     have caused is taken back
 * @param environments file with environments, into which nothing is written where they have rules; null: none
 */
public record BuildRequest(
        @JsonUnwrapped JobSettings settings,
        String definition,
        String context,
        String lock,
        boolean locked,
        boolean plan,
        boolean check,
        String target,
        Map<String, String> buildArgs,
        List<String> platforms,
        List<String> tags,
        Map<String, String> labels,
        String compression,
        Long sourceDateEpoch,
        Integer threads,
        Map<String, String> secrets,
        Map<String, String> sshAgents,
        SandboxSettings sandbox,
        @JsonUnwrapped BuildCache cache,
        boolean verifyReproducible,
        String contextModes,
        String environments)
        implements Request<BuildResult> {
    @Override
    public String job() {
        return "build";
    }

    @Override
    public Class<BuildResult> resultType() {
        return BuildResult.class;
    }

    /** With the defaults of the command line. */
    public static BuildRequest of(JobSettings settings, String definition, List<String> tags) {
        return new BuildRequest(
                settings,
                definition,
                null,
                null,
                false,
                false,
                false,
                null,
                Map.of(),
                List.of(),
                tags,
                Map.of(),
                null,
                null,
                null,
                Map.of(),
                Map.of(),
                null,
                BuildCache.DEFAULT,
                false,
                null,
                null);
    }
}
