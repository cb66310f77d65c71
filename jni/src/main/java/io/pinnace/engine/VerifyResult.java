// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.List;

/**
 * Whether an image is what was wanted.
 *
 * @param digest of the index or manifest that was looked at
 * @param verified whether all that was wanted is so
 * @param reasons why not, all of them
 * @param signatures what was signed by keys that count
 */
public record VerifyResult(String digest, boolean verified, List<String> reasons, List<Signature> signatures) {
    /**
     * A signature or attestation that a key vouches for.
     *
     * @param type predicate type, as a URI
     * @param key file of the key
     * @param where where it is kept
     */
    public record Signature(String type, String key, String where) {}
}
