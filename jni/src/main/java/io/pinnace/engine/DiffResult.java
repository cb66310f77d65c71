// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.List;

/**
 * What changed from one image to another. Texts steer nothing.
 *
 * @param from the first image
 * @param to the second image
 * @param same whether nothing that was asked for differs
 * @param platforms by name
 * @param report as it was asked for
 */
public record DiffResult(Side from, Side to, boolean same, List<Platform> platforms, String report) {
    /**
     * One of the images.
     *
     * @param reference as it was asked for
     * @param digest of the index or manifest
     */
    public record Side(String reference, String digest) {}

    /**
     * What differs for one platform.
     *
     * @param platform "linux/amd64"
     * @param state "added", "removed": one image is not for it
     * @param from the first image's manifest
     * @param to the second image's manifest
     * @param code own code
     * @param base what it stands on
     * @param packages by type and name
     * @param settings by field and key
     * @param files by path, of those that no package explains
     * @param leftOut packages and files beyond what is listed
     * @param records changed files that package managers keep for themselves
     * @param unrecorded changed files of changed packages, which record no digests of them
     * @param layers of the second image, lowest first
     * @param fromSize layers together, compressed, in bytes
     * @param toSize layers together, compressed, in bytes
     * @param sentSize of the layers that the first image lacks
     * @param findings what could not be read
     */
    public record Platform(
            String platform,
            String state,
            String from,
            String to,
            Code code,
            Base base,
            List<PackageChange> packages,
            List<Setting> settings,
            List<FileChange> files,
            long leftOut,
            long records,
            long unrecorded,
            List<Layer> layers,
            long fromSize,
            long toSize,
            long sentSize,
            List<String> findings) {}

    /**
     * What differs in the code that the image was made for.
     *
     * @param source its repository, as the image says
     * @param fromRevision as the first image says
     * @param toRevision as the second image says
     * @param commits between the two, newest first
     * @param commitsLeftOut there are at least so many more
     * @param note why there are no commits
     * @param artifacts by path
     */
    public record Code(
            String source,
            String fromRevision,
            String toRevision,
            List<Commit> commits,
            long commitsLeftOut,
            String note,
            List<Artifact> artifacts) {}

    /**
     * A commit.
     *
     * @param kind "removed": the second image is without it
     * @param id 40 or 64 digits
     * @param date of the author, ISO 8601
     * @param author their name
     * @param subject its first line
     */
    public record Commit(String kind, String id, String date, String author, String subject) {}

    /**
     * A Java archive or program that no package of the system brought.
     *
     * @param path relative to the root
     * @param fromDigest of the file; null: it was not there
     * @param toDigest of the file; null: it is not there
     * @param fromPurl package URL; null: it does not say
     * @param toPurl package URL; null: it does not say
     */
    public record Artifact(String path, String fromDigest, String toDigest, String fromPurl, String toPurl) {}

    /**
     * What the images say that they were built on (org.opencontainers.image.base.*).
     *
     * @param fromName of the first image
     * @param fromDigest of the first image
     * @param toName of the second image
     * @param toDigest of the second image
     * @param sharedLayers how many both have, from the lowest on
     * @param commits which changed it in the lock, newest first
     */
    public record Base(
            String fromName,
            String fromDigest,
            String toName,
            String toDigest,
            long sharedLayers,
            List<Commit> commits) {}

    /**
     * A package that differs.
     *
     * @param kind "up", "down": as its ecosystem orders versions; "changed": neither is newer
     * @param type as package URLs have it
     * @param name with Maven's groupId and npm's scope
     * @param architecture empty: nobody says
     * @param from version in the first image; null: not there
     * @param to version in the second image; null: not there
     * @param path of the file that tells of it
     * @param cves which the notices name
     * @param notices newest first
     * @param commit which changed it in the lock; null: not known
     */
    public record PackageChange(
            String kind,
            String type,
            String name,
            String architecture,
            String from,
            String to,
            String path,
            List<String> cves,
            List<Notice> notices,
            Commit commit) {}

    /**
     * What the changelog of a package says of one version.
     *
     * @param version of the source package
     * @param date as it is written there
     * @param text what changed
     */
    public record Notice(String version, String date, String text) {}

    /**
     * A member of the configuration that differs.
     *
     * @param field "Env"; "annotation": of the manifest
     * @param key "PATH"; empty: the field has one value
     * @param from text, or JSON; null: not said
     * @param to text, or JSON; null: not said
     */
    public record Setting(String field, String key, String from, String to) {}

    /**
     * A path whose change no package explains, or that should be seen whoever brought it.
     *
     * @param path relative to the root
     * @param from null: it was not there
     * @param to null: it is not there
     * @param diff unified, of small text files; empty: none
     * @param note what rights it gives, why its package does not explain it; empty: nothing
     */
    public record FileChange(String path, FileState from, FileState to, String diff, String note) {}

    /**
     * A file as it is in one image.
     *
     * @param type "file", "directory", "symlink"
     * @param mode octal
     * @param uid number
     * @param gid number
     * @param size in bytes
     * @param digest of its content
     * @param target of a link
     * @param device "c 1:3"; empty: it is none
     * @param attributes extended ones: name, "=", and the value in hexadecimal digits, or its digest
     */
    public record FileState(
            String type,
            String mode,
            long uid,
            long gid,
            long size,
            String digest,
            String target,
            String device,
            List<String> attributes) {}

    /**
     * A layer of the second image.
     *
     * @param digest of the compressed bytes
     * @param size of the same
     * @param reused whether the first image has it, too
     */
    public record Layer(String digest, long size, boolean reused) {}
}
