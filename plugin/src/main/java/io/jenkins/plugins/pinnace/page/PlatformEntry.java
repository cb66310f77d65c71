package io.jenkins.plugins.pinnace.page;

import io.jenkins.plugins.pinnace.text.Sizes;
import io.pinnace.engine.BuildResult;
import java.util.List;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** What an image is on one platform; without a base the two fields about it are null, and packages if nobody counted. */
@ExportedBean(defaultVisibility = 3)
public record PlatformEntry(
        @Exported String platform,
        @Exported String digest,
        @Exported List<LayerEntry> layers,
        @Exported String baseName,
        @Exported String baseDigest,
        @Exported Long packages) {
    static PlatformEntry of(BuildResult.Image image) {
        return new PlatformEntry(
                image.platform(),
                image.digest(),
                image.layers().stream().map(LayerEntry::of).toList(),
                image.base() == null ? null : image.base().name(),
                image.base() == null ? null : image.base().digest(),
                image.packages());
    }

    boolean isWhole() {
        return platform != null
                && digest != null
                && layers != null
                && layers.stream().allMatch(layer -> layer != null && layer.digest() != null);
    }

    /** Of the layers, compressed, in bytes. */
    @Exported
    public long size() {
        return layers.stream().mapToLong(LayerEntry::size).sum();
    }

    public String sizeText() {
        return Sizes.text(size());
    }
}
