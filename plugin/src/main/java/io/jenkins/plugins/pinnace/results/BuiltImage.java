package io.jenkins.plugins.pinnace.results;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.pinnace.engine.BuildResult;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jenkinsci.plugins.scriptsecurity.sandbox.whitelists.Whitelisted;

/** What {@code containerBuild} returns. */
public final class BuiltImage implements Serializable {
    private static final long serialVersionUID = 1;

    private final String digest;
    private final ArrayList<String> references;
    private final ArrayList<String> platforms;
    private final long size;
    private final Long packages;
    private final ImageDifference changes;

    private BuiltImage(BuildResult result, @CheckForNull ImageDifference changes) {
        this.digest = result.digest();
        this.references = new ArrayList<>(result.references());
        this.platforms = new ArrayList<>(
                result.images().stream().map(BuildResult.Image::platform).toList());
        this.size = result.images().stream()
                .flatMap(image -> image.layers().stream())
                .mapToLong(BuildResult.Layer::size)
                .sum();
        List<Long> counts = result.images().stream()
                .map(BuildResult.Image::packages)
                .filter(Objects::nonNull)
                .toList();
        this.packages = counts.isEmpty()
                ? null
                : Long.valueOf(counts.stream().mapToLong(Long::longValue).sum());
        this.changes = changes;
    }

    /**
     * @param changes since the last successful build of the job; null: not known
     */
    public static BuiltImage of(BuildResult result, @CheckForNull ImageDifference changes) {
        return new BuiltImage(result, changes);
    }

    /** Of the manifest, or of the index where there are several platforms. */
    @Whitelisted
    public String getDigest() {
        return digest;
    }

    /** The first tag, by digest; null if there was no tag. */
    @Whitelisted
    public String getReference() {
        return references.isEmpty() ? null : references.get(0);
    }

    @Whitelisted
    public List<String> getReferences() {
        return new ArrayList<>(references);
    }

    @Whitelisted
    public List<String> getPlatforms() {
        return new ArrayList<>(platforms);
    }

    /** Of the layers, compressed, in bytes. */
    @Whitelisted
    public long getSize() {
        return size;
    }

    /** How many packages are in it, of all platforms together; null if no SBOM was made. */
    @Whitelisted
    public Long getPackages() {
        return packages;
    }

    /** What changed since the last successful build of the job; null if that is not known. */
    @Whitelisted
    public ImageDifference getChanges() {
        return changes;
    }

    @Override
    public String toString() {
        return references.isEmpty() ? digest : references.get(0);
    }
}
