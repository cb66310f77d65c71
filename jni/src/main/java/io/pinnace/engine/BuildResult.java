// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.List;

/**
 * What a build made; of a plan only plan is there, of a check only findings.
 *
 * @param digest of the index or the manifest; null if nothing was built
 * @param mediaType of the same
 * @param size bytes of the same
 * @param references the tags, by digest
 * @param images one for each platform
 * @param plan for people; null unless it was asked for
 * @param findings what the checks of a Containerfile found
 */
public record BuildResult(
        String digest,
        String mediaType,
        Long size,
        List<String> references,
        List<Image> images,
        String plan,
        List<Finding> findings) {
    /**
     * The image for one platform.
     *
     * @param platform its platform
     * @param digest of the manifest
     * @param size bytes of the manifest
     * @param config digest of the configuration
     * @param layers lowest first
     * @param base what it was made on; null for scratch
     * @param packages how many it holds, with those of its base; null: nobody counted, as no SBOM was made
     */
    public record Image(
            String platform,
            String digest,
            long size,
            String config,
            List<Layer> layers,
            Base base,
            Long packages) {}

    /**
     * A layer of an image.
     *
     * @param digest of the compressed bytes
     * @param size of the same
     * @param mediaType says how it is compressed
     * @param diffId digest of the bytes before compression
     * @param fromBase whether the base has it
     */
    public record Layer(String digest, long size, String mediaType, String diffId, boolean fromBase) {}

    /**
     * What an image was made on.
     *
     * @param name as the definition names it
     * @param digest of the manifest
     */
    public record Base(String name, String digest) {}

    /**
     * Something that is allowed and probably not meant.
     *
     * @param rule the Dockerfile reference's name of it
     * @param message one line
     * @param file where it is
     * @param line counted from 1; 0: not known
     * @param column counted from 1; 0: not known
     */
    public record Finding(String rule, String message, String file, int line, int column) {}
}
