package io.jenkins.plugins.pinnace.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContentsTest {
    private static ImageEntry image(int number) {
        PlatformEntry platform = new PlatformEntry(
                "linux/amd64", "sha256:" + number, List.of(new LayerEntry("sha256:0", 1, false)), null, null, null);
        return new ImageEntry("sha256:" + number, "manifest", List.of("web:" + number), List.of(platform));
    }

    private static PromotionEntry promotion(int number) {
        return new PromotionEntry("prod", "a", "b", "sha256:" + number, "lead", null);
    }

    private static Contents images(int count) {
        Contents contents = Contents.empty();
        for (int i = 0; i < count; i++) {
            contents = contents.with(image(i));
        }
        return contents;
    }

    @Test
    void whatAStepSaysAgainIsThereOnceAndLast() {
        Contents contents = images(2).with(image(0));
        assertEquals(List.of(image(1), image(0)), contents.images());
        assertTrue(contents.isWhole());
    }

    @Test
    void theOldestGoWhenThereAreTooMany() {
        List<ImageEntry> images = images(501).images();
        assertEquals(500, images.size());
        assertEquals(image(1), images.get(0));
        assertEquals(image(500), images.get(499));
    }

    @Test
    void promotionsStayLongerThanImages() {
        Contents contents = images(4).with(promotion(1)).with(promotion(2));
        assertEquals(List.of(image(2), image(3)), contents.withoutOldest().images());
        for (int i = 0; i < 3; i++) {
            contents = contents.withoutOldest();
        }
        assertEquals(List.of(), contents.images());
        assertEquals(List.of(promotion(1), promotion(2)), contents.promotions());
        assertEquals(List.of(promotion(2)), contents.withoutOldest().promotions());
        assertEquals(List.of(), Contents.empty().withoutOldest().promotions());
    }

    @Test
    void whatChangedGoesFirst() {
        ChangeEntry change = new ChangeEntry("a", "d1", "b", "d2", "1 file", "report", List.of());
        Contents contents = images(1).with(promotion(1)).with(change).with(change);
        assertEquals(List.of(change), contents.changes());
        Contents less = contents.withoutOldest();
        assertEquals(List.of(), less.changes());
        assertEquals(1, less.images().size());
    }

    @Test
    void whatLacksSomethingIsNotWhole() {
        assertFalse(new Contents(1, null, List.of(), null).isWhole());
        assertFalse(new Contents(1, List.of(), null, null).isWhole());
        assertFalse(new Contents(1, Arrays.asList((ImageEntry) null), List.of(), null).isWhole());
        assertFalse(new Contents(1, List.of(new ImageEntry("d", "m", List.of(), null)), List.of(), null).isWhole());
        PlatformEntry bare = new PlatformEntry("linux/amd64", "d", Arrays.asList((LayerEntry) null), null, null, null);
        assertFalse(new Contents(1, List.of(new ImageEntry("d", "m", List.of(), List.of(bare))), List.of(), null)
                .isWhole());
    }

    @Test
    void titlesAndSizes() {
        assertEquals("web:7", image(7).title());
        assertEquals("sha256:7", new ImageEntry("sha256:7", "m", List.of(), List.of()).title());
        assertEquals("1 B", image(7).platforms().get(0).sizeText());
        assertEquals("b", promotion(1).place());
    }
}
