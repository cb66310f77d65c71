// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.List;

/**
 * The tags that there are.
 *
 * @param tags in the order asked for
 */
public record TagsResult(List<Tag> tags) {
    /**
     * A tag.
     *
     * @param name as an image's name has it
     * @param digest of the index or manifest that it leads to; null if that was not asked, or it is gone
     */
    public record Tag(String name, String digest) {}
}
