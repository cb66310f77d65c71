package io.jenkins.plugins.pinnace.page;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.jenkins.plugins.pinnace.text.Sizes;
import io.pinnace.engine.BuildResult;
import java.util.List;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** What an image is on one platform; without a base the two fields about it are null. */
@ExportedBean(defaultVisibility = 3)
public record PlatformEntry(
        String platform, String digest, List<LayerEntry> layers, String baseName, String baseDigest) {
    static PlatformEntry of(BuildResult.Image image) {
        return new PlatformEntry(
                image.platform(),
                image.digest(),
                image.layers().stream().map(LayerEntry::of).toList(),
                image.base() == null ? null : image.base().name(),
                image.base() == null ? null : image.base().digest());
    }

    boolean isWhole() {
        return platform != null
                && digest != null
                && layers != null
                && layers.stream().allMatch(layer -> layer != null && layer.digest() != null);
    }

    @JsonIgnore
    public String getShortDigest() {
        return Digests.shortened(digest);
    }

    @JsonIgnore
    public String getShortBaseDigest() {
        return Digests.shortened(baseDigest);
    }

    @Exported
    public String getPlatform() {
        return platform;
    }

    @Exported
    public String getDigest() {
        return digest;
    }

    @Exported
    public List<LayerEntry> getLayers() {
        return layers;
    }

    @Exported
    public String getBaseName() {
        return baseName;
    }

    @Exported
    public String getBaseDigest() {
        return baseDigest;
    }

    /** Of the layers, compressed, in bytes. */
    @Exported
    @JsonIgnore
    public long getSize() {
        return layers.stream().mapToLong(LayerEntry::size).sum();
    }

    @JsonIgnore
    public String getSizeText() {
        return Sizes.text(getSize());
    }
}
