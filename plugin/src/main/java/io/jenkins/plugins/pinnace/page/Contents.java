package io.jenkins.plugins.pinnace.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What the file of a build says, version 3; in version 1 there were no changes, in version 2 they had no sources. */
record Contents(int version, List<ImageEntry> images, List<PromotionEntry> promotions, List<ChangeEntry> changes) {
    static final int VERSION = 3;
    /** A pipeline that builds in a loop must not fill the disk, see also {@link BuildContainers}. */
    private static final int MAX_ENTRIES = 500;

    Contents {
        if (version == 1 && changes == null) {
            changes = List.of();
        }
    }

    static Contents empty() {
        return new Contents(VERSION, List.of(), List.of(), List.of());
    }

    /** What a damaged file lacks is null here. */
    boolean isWhole() {
        return images != null
                && promotions != null
                && changes != null
                && promotions.stream().allMatch(Objects::nonNull)
                && changes.stream().allMatch(change -> change != null && change.isWhole())
                && images.stream().allMatch(image -> image != null && image.isWhole());
    }

    Contents with(ImageEntry image) {
        return new Contents(VERSION, appended(images, image), promotions, changes);
    }

    Contents with(PromotionEntry promotion) {
        return new Contents(VERSION, images, appended(promotions, promotion), changes);
    }

    Contents with(ChangeEntry change) {
        return new Contents(VERSION, images, promotions, appended(changes, change));
    }

    /** With less: a page shows what came last, what was built longer than what changed, and who promoted what longest. */
    Contents withoutOldest() {
        if (!changes.isEmpty()) {
            return new Contents(VERSION, images, promotions, withoutOldest(changes));
        }
        return images.isEmpty()
                ? new Contents(VERSION, images, withoutOldest(promotions), changes)
                : new Contents(VERSION, withoutOldest(images), promotions, changes);
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
