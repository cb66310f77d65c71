package io.jenkins.plugins.pinnace.page;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.pinnace.engine.PromoteResult;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** An image that a build promoted; {@code reason} may be null. */
@ExportedBean(defaultVisibility = 3)
public record PromotionEntry(
        String environment, String source, String target, String digest, String who, String reason) {
    static PromotionEntry of(PromoteResult result, String who, String reason) {
        return new PromotionEntry(result.environment(), result.source(), result.target(), result.digest(), who, reason);
    }

    @JsonIgnore
    public String getShortDigest() {
        return Digests.shortened(digest);
    }

    /** The target without the digest, which stands beside it. */
    @JsonIgnore
    public String getPlace() {
        return target == null ? "" : target.replaceFirst("@.*", "");
    }

    @Exported
    public String getEnvironment() {
        return environment;
    }

    @Exported
    public String getSource() {
        return source;
    }

    @Exported
    public String getTarget() {
        return target;
    }

    @Exported
    public String getDigest() {
        return digest;
    }

    @Exported
    public String getWho() {
        return who;
    }

    @Exported
    public String getReason() {
        return reason;
    }
}
