package io.jenkins.plugins.pinnace.results;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.pinnace.engine.DiffResult;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jenkinsci.plugins.scriptsecurity.sandbox.whitelists.Whitelisted;

/** What {@code containerDiff} returns, and {@code containerBuild} as its {@code changes}: numbers, of all platforms together. */
public final class ImageDifference implements Serializable {
    private static final long serialVersionUID = 1;

    private final String from;
    private final String to;
    private final boolean same;
    private final long added;
    private final long removed;
    private final long updated;
    private final long commits;
    private final long artifacts;
    private final long settings;
    private final long files;
    private final boolean baseChanged;
    private final String report;

    private ImageDifference(DiffResult result, @CheckForNull String report) {
        List<DiffResult.Platform> platforms = result.platforms();
        this.from = result.from().digest();
        this.to = result.to().digest();
        this.same = result.same();
        this.added = packages(platforms, change -> change.from() == null);
        this.removed = packages(platforms, change -> change.to() == null);
        this.updated = packages(platforms, change -> change.from() != null && change.to() != null);
        this.commits = most(
                platforms,
                platform -> platform.code() == null
                        ? 0
                        : platform.code().commits().size() + platform.code().commitsLeftOut());
        this.artifacts = sum(
                platforms,
                platform -> platform.code() == null
                        ? 0
                        : platform.code().artifacts().size());
        this.settings = sum(platforms, platform -> platform.settings().size());
        this.files = sum(platforms, platform -> platform.files().size());
        this.baseChanged = platforms.stream()
                .map(DiffResult.Platform::base)
                .anyMatch(base -> base != null && !Objects.equals(base.fromDigest(), base.toDigest()));
        this.report = report;
    }

    /**
     * @param report as it was asked for; null: it is not kept
     */
    public static ImageDifference of(DiffResult result, @CheckForNull String report) {
        return new ImageDifference(result, report);
    }

    private static long packages(List<DiffResult.Platform> platforms, Predicate<DiffResult.PackageChange> wanted) {
        return sum(
                platforms,
                platform -> platform.packages().stream().filter(wanted).count());
    }

    private static long sum(List<DiffResult.Platform> platforms, ToLongFunction<DiffResult.Platform> count) {
        return platforms.stream().mapToLong(count).sum();
    }

    /** Platforms have their code in common. */
    private static long most(List<DiffResult.Platform> platforms, ToLongFunction<DiffResult.Platform> count) {
        return platforms.stream().mapToLong(count).max().orElse(0);
    }

    /** Digest of the first image. */
    @Whitelisted
    public String getFrom() {
        return from;
    }

    /** Digest of the second image. */
    @Whitelisted
    public String getTo() {
        return to;
    }

    @Whitelisted
    public boolean isSame() {
        return same;
    }

    /** Packages that only the second image has. */
    @Whitelisted
    public long getAdded() {
        return added;
    }

    /** Packages that only the first image has. */
    @Whitelisted
    public long getRemoved() {
        return removed;
    }

    /** Packages whose version is another one. */
    @Whitelisted
    public long getUpdated() {
        return updated;
    }

    /** Between the revisions of the two, where a clone of the repository is at hand. */
    @Whitelisted
    public long getCommits() {
        return commits;
    }

    /** Java archives and programs of no package that differ. */
    @Whitelisted
    public long getArtifacts() {
        return artifacts;
    }

    @Whitelisted
    public long getSettings() {
        return settings;
    }

    /** Files of no package that differ. */
    @Whitelisted
    public long getFiles() {
        return files;
    }

    @Whitelisted
    public boolean isBaseChanged() {
        return baseChanged;
    }

    /** Null unless it was asked for. */
    @Whitelisted
    public String getReport() {
        return report;
    }

    /** One line. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        add(parts, commits, "commit");
        add(parts, artifacts, "artifact");
        if (baseChanged) {
            parts.add("another base");
        }
        add(parts, updated, "package updated", "packages updated");
        add(parts, added, "package added", "packages added");
        add(parts, removed, "package removed", "packages removed");
        add(parts, settings, "setting");
        add(parts, files, "file");
        if (!parts.isEmpty()) {
            return String.join(", ", parts);
        }
        return same ? "nothing changed" : "only layers or metadata changed";
    }

    private static void add(List<String> parts, long count, String noun) {
        add(parts, count, noun, noun + "s");
    }

    private static void add(List<String> parts, long count, String one, String many) {
        if (count > 0) {
            parts.add(count + " " + (count == 1 ? one : many));
        }
    }
}
