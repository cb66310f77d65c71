package io.pinnace.engine;

import java.util.List;
import java.util.Map;

/** What references are, in the order asked for. */
public record InspectResult(List<Item> images) {
    /** What one reference is; {@code annotations} and {@code images} are null if only digests were asked for. */
    public record Item(
            String reference,
            String digest,
            String mediaType,
            long size,
            Map<String, String> annotations,
            List<Image> images) {}

    /** An image of it; {@code platform}, {@code created} and {@code config} are null for what is no container image. */
    public record Image(
            String digest,
            String platform,
            String created,
            Map<String, Object> config,
            List<Layer> layers,
            Map<String, String> annotations) {}

    public record Layer(String digest, long size, String mediaType) {}
}
