package io.pinnace.engine;

/**
 * What all requests have.
 *
 * @param store directory of the local store and cache
 * @param registries settings file (docs/formats/registries.md); null: the user's
 */
public record JobSettings(String store, String registries) {}
