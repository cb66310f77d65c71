// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.List;

/**
 * The locks.
 *
 * @param locks one for each definition
 */
public record PinResult(List<Lock> locks) {
    /**
     * A definition and its lock.
     *
     * @param definition file
     * @param lock file
     * @param changed whether the lock was, or with check would be, written
     * @param differences for people
     * @param images all that it pins
     */
    public record Lock(String definition, String lock, boolean changed, String differences, List<Image> images) {}

    /**
     * An image that a lock pins.
     *
     * @param name as definitions name it
     * @param digest of the index or manifest
     */
    public record Image(String name, String digest) {}
}
