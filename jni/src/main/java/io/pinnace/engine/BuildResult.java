package io.pinnace.engine;

import java.util.List;

/**
 * What a build made; of a plan, only {@code plan} is there.
 *
 * @param digest of the index or the manifest
 * @param references the tags, by digest
 * @param images one for each platform
 * @param plan text; null unless asked for
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
    /** The image of one platform; {@code config} is a digest, {@code base} null for scratch. */
    public record Image(String platform, String digest, long size, String config, List<Layer> layers, Base base) {}

    public record Layer(String digest, long size, String mediaType, String diffId, boolean fromBase) {}

    public record Base(String name, String digest) {}

    /** Something that is allowed and probably not meant; {@code rule} is the Dockerfile reference's name of it. */
    public record Finding(String rule, String message, String file, int line, int column) {}
}
