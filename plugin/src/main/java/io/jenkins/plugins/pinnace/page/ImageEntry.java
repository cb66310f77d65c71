package io.jenkins.plugins.pinnace.page;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.pinnace.engine.BuildResult;
import java.util.List;
import java.util.Objects;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** An image that a build made. */
@ExportedBean(defaultVisibility = 3)
public record ImageEntry(String digest, String mediaType, List<String> references, List<PlatformEntry> platforms) {
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

    /** What can be read at a glance; the rest is folded on the page. */
    @JsonIgnore
    public String getShortDigest() {
        return Digests.shortened(digest);
    }

    /** A title: the first tag without the digest, which stands below it. */
    @JsonIgnore
    public String getTitle() {
        return references.isEmpty() ? digest : references.get(0).replaceFirst("@.*", "");
    }

    @Exported
    public String getDigest() {
        return digest;
    }

    @Exported
    public String getMediaType() {
        return mediaType;
    }

    @Exported
    public List<String> getReferences() {
        return references;
    }

    @Exported
    public List<PlatformEntry> getPlatforms() {
        return platforms;
    }
}
