package io.jenkins.plugins.pinnace.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What the file of a build says, version 1. */
record Contents(int version, List<ImageEntry> images, List<PromotionEntry> promotions) {
    static final int VERSION = 1;
    /** A pipeline that builds in a loop must not fill the disk, see also {@link BuildContainers}. */
    private static final int MAX_ENTRIES = 500;

    static Contents empty() {
        return new Contents(VERSION, List.of(), List.of());
    }

    /** What a damaged file lacks is null here. */
    boolean isWhole() {
        return images != null
                && promotions != null
                && promotions.stream().allMatch(Objects::nonNull)
                && images.stream().allMatch(image -> image != null && image.isWhole());
    }

    Contents with(ImageEntry image) {
        return new Contents(VERSION, appended(images, image), promotions);
    }

    Contents with(PromotionEntry promotion) {
        return new Contents(VERSION, images, appended(promotions, promotion));
    }

    /** With less: a page shows what came last, and who promoted what longer than what was built. */
    Contents withoutOldest() {
        return images.isEmpty()
                ? new Contents(VERSION, images, withoutOldest(promotions))
                : new Contents(VERSION, withoutOldest(images), promotions);
    }

    /** A quarter at a time, so that a full file is not written anew for each that is one too many. */
    private static <T> List<T> withoutOldest(List<T> entries) {
        return entries.subList(Math.min(entries.size(), 1 + entries.size() / 4), entries.size());
    }

    /** An equal entry is what a step that started again has said before. */
    private static <T> List<T> appended(List<T> entries, T entry) {
        List<T> more = new ArrayList<>(entries);
        more.remove(entry);
        more.add(entry);
        return more.size() > MAX_ENTRIES ? more.subList(more.size() - MAX_ENTRIES, more.size()) : more;
    }
}
