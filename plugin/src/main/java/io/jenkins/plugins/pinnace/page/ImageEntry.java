package io.jenkins.plugins.pinnace.page;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.pinnace.engine.BuildResult;
import java.util.List;
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
