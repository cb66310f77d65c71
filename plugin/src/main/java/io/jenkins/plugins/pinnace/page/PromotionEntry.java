package io.jenkins.plugins.pinnace.page;

import io.pinnace.engine.PromoteResult;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** An image that a build promoted; {@code reason} may be null. */
@ExportedBean(defaultVisibility = 3)
public record PromotionEntry(
        @Exported String environment,
        @Exported String source,
        @Exported String target,
        @Exported String digest,
        @Exported String who,
        @Exported String reason) {
    static PromotionEntry of(PromoteResult result, String who, String reason) {
        return new PromotionEntry(result.environment(), result.source(), result.target(), result.digest(), who, reason);
    }

    /** The target without the digest, which stands beside it. */
    public String place() {
        return target == null ? "" : Digests.without(target);
    }
}
