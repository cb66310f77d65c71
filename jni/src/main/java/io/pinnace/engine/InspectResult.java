// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.List;
import java.util.Map;

/**
 * What references are.
 *
 * @param images in the order asked for
 */
public record InspectResult(List<Item> images) {
    /**
     * What one reference is.
     *
     * @param reference as it was asked for
     * @param digest of the index or manifest
     * @param mediaType of the same
     * @param size bytes of the same
     * @param annotations of the same; null if only digests were asked for
     * @param images one for each manifest; null if only digests were asked for
     */
    public record Item(
            String reference,
            String digest,
            String mediaType,
            long size,
            Map<String, String> annotations,
            List<Image> images) {}

    /**
     * An image of a reference, or what else has a manifest.
     *
     * @param digest of the manifest
     * @param platform null for what is no container image
     * @param created time (RFC 3339); null if it does not say
     * @param config how it runs (OCI image configuration, "config"); null for what is no container image
     * @param layers lowest first
     * @param annotations of the manifest
     */
    public record Image(
            String digest,
            String platform,
            String created,
            Map<String, Object> config,
            List<Layer> layers,
            Map<String, String> annotations) {}

    /**
     * A layer of an image.
     *
     * @param digest of the compressed bytes
     * @param size of the same
     * @param mediaType says how it is compressed
     */
    public record Layer(String digest, long size, String mediaType) {}
}
