package io.pinnace.engine;

import java.util.List;

/** The locks, one for each definition. */
public record PinResult(List<Lock> locks) {
    /** One lock; {@code differences} is a text for people. */
    public record Lock(String definition, String lock, boolean changed, String differences, List<Image> images) {}

    public record Image(String name, String digest) {}
}
