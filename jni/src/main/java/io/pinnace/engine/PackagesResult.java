// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.List;

/**
 * What is installed in an image.
 *
 * @param digest of the image's manifest
 * @param platform that the image is for
 * @param os what it is made of
 * @param layers digests of the compressed bytes, lowest first
 * @param packages by type, group, name, version and path
 * @param findings what could not be read, and may have told of more
 * @param document the text of the document that was asked for, SPDX 2.3 or CycloneDX 1.6 in JSON
 */
public record PackagesResult(
        String digest,
        String platform,
        Os os,
        List<String> layers,
        List<Package> packages,
        List<Finding> findings,
        String document) {
    /**
     * The distribution that an image is made of, by its os-release; empty: it does not say.
     *
     * @param id "debian"
     * @param version "12"
     * @param name "Debian GNU/Linux 12 (bookworm)"
     */
    public record Os(String id, String version, String name) {}

    /**
     * A package. Texts are as its database has them; empty: it does not say.
     *
     * @param purl package URL
     * @param type of the same
     * @param name with Maven's groupId and npm's scope: "org.a:b", "&#64;a/b"
     * @param version of an RPM with its epoch unless that is 0
     * @param architecture of a gem its platform
     * @param source the package that it was built from
     * @param sourceVersion of the same; of the main module of a program in Go its revision
     * @param licences as they are written there
     * @param path of the file that tells of it, relative to the root
     * @param inside where in that archive; empty: it is all of it
     * @param layer from which on it is there: 0 is the lowest
     */
    public record Package(
            String purl,
            String type,
            String name,
            String version,
            String architecture,
            String source,
            String sourceVersion,
            List<String> licences,
            String path,
            String inside,
            int layer) {}

    /**
     * Something that could not be read.
     *
     * @param layer 0 is the lowest
     * @param path relative to the root; empty: the layer
     * @param problem what is wrong
     */
    public record Finding(int layer, String path, String problem) {}
}
