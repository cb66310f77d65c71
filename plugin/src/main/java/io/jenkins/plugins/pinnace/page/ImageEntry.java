package io.jenkins.plugins.pinnace.page;

import io.pinnace.engine.BuildResult;
import java.util.List;
import java.util.Objects;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** An image that a build made. */
@ExportedBean(defaultVisibility = 3)
public record ImageEntry(
        @Exported String digest,
        @Exported String mediaType,
        @Exported List<String> references,
        @Exported List<PlatformEntry> platforms) {
    static ImageEntry of(BuildResult result) {
        return new ImageEntry(
                result.digest(),
                result.mediaType(),
                result.references(),
                result.images().stream().map(PlatformEntry::of).toList());
    }

    boolean isWhole() {
        return digest != null
                && references != null
                && references.stream().allMatch(Objects::nonNull)
                && platforms != null
                && platforms.stream().allMatch(platform -> platform != null && platform.isWhole());
    }

    /** The first tag without the digest, which stands below it. */
    public String title() {
        return references.isEmpty() ? digest : Digests.without(references.get(0));
    }
}
