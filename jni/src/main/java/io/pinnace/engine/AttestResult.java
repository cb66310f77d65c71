// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

/**
 * What was said.
 *
 * @param digest of the index or manifest
 * @param type predicate type, as a URI
 * @param attestation digest of the manifest that has it
 * @param existed whether it was there already: nothing was signed then
 */
public record AttestResult(String digest, String type, String attestation, boolean existed) {}
