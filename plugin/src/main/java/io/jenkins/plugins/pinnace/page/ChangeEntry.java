package io.jenkins.plugins.pinnace.page;

import io.jenkins.plugins.pinnace.results.ImageDifference;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** What changed from one image to another, as a step of a build found; {@code report} is text of many lines. */
@ExportedBean(defaultVisibility = 3)
public record ChangeEntry(
        @Exported String from,
        @Exported String fromDigest,
        @Exported String to,
        @Exported String toDigest,
        @Exported String summary,
        @Exported String report) {
    /** A report is for people, who read no more. */
    private static final int MAX_REPORT = 100_000;

    static ChangeEntry of(String from, String to, ImageDifference difference, String report) {
        String shown = report == null || report.length() <= MAX_REPORT
                ? report
                : report.substring(0, MAX_REPORT) + "\n... and more: containerDiff returns the whole report\n";
        return new ChangeEntry(
                Digests.without(from),
                difference.getFrom(),
                Digests.without(to),
                difference.getTo(),
                difference.toString(),
                shown);
    }

    boolean isWhole() {
        return from != null && to != null && summary != null;
    }
}
