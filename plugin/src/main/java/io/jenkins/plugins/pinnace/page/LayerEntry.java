package io.jenkins.plugins.pinnace.page;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.jenkins.plugins.pinnace.text.Sizes;
import io.pinnace.engine.BuildResult;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** A layer, in bytes as it is in the registry. */
@ExportedBean(defaultVisibility = 3)
public record LayerEntry(String digest, long size, boolean fromBase) {
    static LayerEntry of(BuildResult.Layer layer) {
        return new LayerEntry(layer.digest(), layer.size(), layer.fromBase());
    }

    @JsonIgnore
    public String getShortDigest() {
        return Digests.shortened(digest);
    }

    @Exported
    public String getDigest() {
        return digest;
    }

    @Exported
    public long getSize() {
        return size;
    }

    @Exported
    public boolean isFromBase() {
        return fromBase;
    }

    @JsonIgnore
    public String getSizeText() {
        return Sizes.text(size);
    }
}
