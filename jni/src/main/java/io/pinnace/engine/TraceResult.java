// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.List;

/**
 * What an image is made of, and by whom. Texts steer nothing.
 *
 * @param reference as it was asked for
 * @param digest of the index or manifest
 * @param manifest of the platform
 * @param platform that the image is for
 * @param os the distribution, by its os-release; empty: it does not say
 * @param repository as the image itself says (org.opencontainers.image.source); null: it does not
 * @param revision as the image itself says (org.opencontainers.image.revision); null: it does not
 * @param artifacts own ones, by path
 * @param base what it stands on
 * @param packages by type
 * @param layers lowest first
 * @param builds what provenance says, signed first
 * @param signatures how many there are, which nobody has verified
 * @param answers to what was asked; empty: it is not there
 * @param leftOut artifacts and answers beyond what is listed
 * @param unknown what can't be said, in sentences
 */
public record TraceResult(
        String reference,
        String digest,
        String manifest,
        String platform,
        String os,
        String repository,
        String revision,
        List<Artifact> artifacts,
        Base base,
        List<Count> packages,
        List<Layer> layers,
        List<Build> builds,
        long signatures,
        List<Answer> answers,
        long leftOut,
        List<String> unknown) {
    /**
     * A Java archive or program that no package of the system brought.
     *
     * @param path relative to the root
     * @param digest of the file; null: it was too large
     * @param purl package URL; null: it does not say
     * @param layer that it is in: 0 is the lowest
     */
    public record Artifact(String path, String digest, String purl, long layer) {}

    /**
     * What the image says that it was built on (org.opencontainers.image.base.*).
     *
     * @param name null: it does not say
     * @param digest null: it does not say
     * @param layers how many layers are the base's; null: not known
     * @param entry the name that the lock has for it; null: not known
     * @param since which made it what it is in the lock; null: not known
     */
    public record Base(String name, String digest, Long layers, String entry, Commit since) {}

    /**
     * A commit.
     *
     * @param id 40 or 64 digits
     * @param date of the author, ISO 8601
     * @param author their name
     * @param subject its first line
     */
    public record Commit(String id, String date, String author, String subject) {}

    /**
     * How many packages of a type there are.
     *
     * @param type as package URLs have it
     * @param count in the image
     * @param ofBase of these, from the base; null: not known
     */
    public record Count(String type, long count, Long ofBase) {}

    /**
     * A layer.
     *
     * @param digest of the compressed bytes
     * @param size of the same
     * @param owner "base", or "own": of what was built on it
     * @param instruction that made it; null: not said
     * @param packages how many of the image's packages it brought
     */
    public record Layer(String digest, long size, String owner, String instruction, long packages) {}

    /**
     * What one provenance says of the build. Null: it does not say.
     *
     * @param where where that is said
     * @param signed by a key that verify looks at
     * @param type A URI: what its parameters mean
     * @param repository of the source
     * @param revision of the source
     * @param directory of the context, in the repository
     * @param dirty whether files differed from the revision
     * @param builder A URI: who is responsible for what is said
     * @param job of the build server
     * @param build its number
     * @param url of the same
     * @param definition the name of one of the inputs
     * @param lock the name of one of the inputs
     * @param inputs what it took
     * @param complete whether that is all
     * @param notRecorded what else it took, or may have taken
     * @param note why no commits are named; null: they are, or nobody asked
     */
    public record Build(
            String where,
            boolean signed,
            String type,
            String repository,
            String revision,
            String directory,
            Boolean dirty,
            String builder,
            String job,
            String build,
            String url,
            String definition,
            String lock,
            List<Input> inputs,
            Boolean complete,
            List<String> notRecorded,
            String note) {}

    /**
     * Something that a build took.
     *
     * @param name what it was for, or its file; empty: not said
     * @param uri where it is from; empty: not said
     * @param digest "sha256:1f2e", "gitCommit:1f2e"; empty: not said
     * @param entry the name that the lock has for it; null: none
     * @param since which made it what it is; null: not known
     */
    public record Input(String name, String uri, String digest, String entry, Commit since) {}

    /**
     * A package or file that was asked for.
     *
     * @param path of a package, the file that tells of it
     * @param digest of a file's content; null: none
     * @param purl package URL; of a file, of the package that has it; null: none
     * @param layer that it is from: 0 is the lowest
     * @param owner whose layer that is
     * @param entry of the lock, that it came by; null: not known
     * @param since which made that what it is; null: not known
     */
    public record Answer(
            String path,
            String digest,
            String purl,
            long layer,
            String owner,
            String entry,
            Commit since) {}
}
