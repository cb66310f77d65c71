package io.jenkins.plugins.pinnace.page;

import io.jenkins.plugins.pinnace.text.Sizes;
import io.pinnace.engine.BuildResult;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** A layer, in bytes as it is in the registry. */
@ExportedBean(defaultVisibility = 3)
public record LayerEntry(
        @Exported String digest,
        @Exported long size,
        @Exported boolean fromBase) {
    static LayerEntry of(BuildResult.Layer layer) {
        return new LayerEntry(layer.digest(), layer.size(), layer.fromBase());
    }

    public String sizeText() {
        return Sizes.text(size);
    }
}
