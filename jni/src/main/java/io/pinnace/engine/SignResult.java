// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.List;

/**
 * What was signed.
 *
 * @param digest of the index or manifest
 * @param signatures the first one is of that digest
 */
public record SignResult(String digest, List<Signature> signatures) {
    /**
     * A signature.
     *
     * @param digest of what is signed
     * @param signature digest of the manifest that has the signature
     * @param existed whether it was there already: nothing was signed then
     */
    public record Signature(String digest, String signature, boolean existed) {}
}
