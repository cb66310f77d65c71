package io.jenkins.plugins.pinnace.page;

import io.jenkins.plugins.pinnace.results.ImageDifference;
import java.util.List;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * What changed from one image to another, as a step of a build found; {@code report} is text of many lines, {@code sources}
 * what the builds between took from their SCM.
 */
@ExportedBean(defaultVisibility = 3)
public record ChangeEntry(
        @Exported String from,
        @Exported String fromDigest,
        @Exported String to,
        @Exported String toDigest,
        @Exported String summary,
        @Exported String report,
        @Exported(inline = true) List<SourceChange> sources) {
    /** A report is for people, who read no more. */
    private static final int MAX_REPORT = 100_000;

    public ChangeEntry {
        sources = sources == null ? List.of() : sources; // before version 3 of the file
    }

    static ChangeEntry of(
            String from, String to, ImageDifference difference, String report, List<SourceChange> sources) {
        String shown = report == null || report.length() <= MAX_REPORT
                ? report
                : Texts.start(report, MAX_REPORT) + "\n... and more: containerDiff returns the whole report\n";
        return new ChangeEntry(
                Digests.without(from),
                difference.getFrom(),
                Digests.without(to),
                difference.getTo(),
                difference.toString(),
                shown,
                sources);
    }

    boolean isWhole() {
        return from != null
                && to != null
                && summary != null
                && sources.stream().allMatch(source -> source != null && source.isWhole());
    }
}
