package io.pinnace.engine;

import java.util.List;

/**
 * Which caches a build uses. Whoever can write a cache that a build takes from decides what is in the image.
 *
 * @param noCache take nothing over from earlier builds
 * @param cacheFrom caches that other builds wrote: registry references, oci:DIR[:tag]
 * @param cacheTo where this build's steps are written, too; null: nowhere
 * @param cacheSize bytes that the machine's own cache may have; null: 10 GiB
 */
public record BuildCache(boolean noCache, List<String> cacheFrom, String cacheTo, Long cacheSize) {
    /** The machine's own cache only. */
    public static final BuildCache DEFAULT = new BuildCache(false, List.of(), null, null);
}
