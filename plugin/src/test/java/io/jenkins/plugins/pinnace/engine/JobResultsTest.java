package io.jenkins.plugins.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.AbortException;
import io.pinnace.engine.BuildResult;
import io.pinnace.engine.EngineException;
import io.pinnace.engine.InspectResult;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What hostile agents answer that is as the schema says. */
class JobResultsTest {
    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);
    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";

    private static BuildResult built(String digest, String reference) {
        return new BuildResult(digest, TYPE, 7L, List.of(reference), List.of(image(0)), null, List.of());
    }

    private static BuildResult.Image image(int layers) {
        BuildResult.Layer layer = new BuildResult.Layer(DIGEST, 1, TYPE, DIGEST, false);
        return new BuildResult.Image("linux/amd64", DIGEST, 7, DIGEST, Collections.nCopies(layers, layer), null, null);
    }

    private static String refusal(Object result) {
        return assertThrows(EngineException.class, () -> JobResults.check("build", result))
                .getMessage();
    }

    @Test
    void refusesReferencesThatWereNotAskedFor() throws Exception {
        String end = "@" + DIGEST;
        JobResults.checkReferences(built(DIGEST, "host:5000/web:1" + end), List.of("host:5000/web:1"));
        JobResults.checkReferences(built(DIGEST, "docker.io/library/web:1" + end), List.of("web:1"));
        for (String asked : List.of("docker.io/team/app:1", "index.docker.io/team/app:1", "team/app:1")) {
            JobResults.checkReferences(built(DIGEST, "docker.io/team/app:1" + end), List.of(asked));
        }
        for (String asked : List.of("index.docker.io/web:1", "library/web:1")) {
            JobResults.checkReferences(built(DIGEST, "docker.io/library/web:1" + end), List.of(asked));
        }
        for (String forged : List.of("host:5000/other:1" + end, "evil/host:5000/web:1" + end, "host:5000/web:1")) {
            assertThrows(
                    AbortException.class,
                    () -> JobResults.checkReferences(built(DIGEST, forged), List.of("host:5000/web:1")));
        }
        assertThrows(
                AbortException.class,
                () -> JobResults.checkReferences(
                        built(DIGEST, "host/web:1" + end), List.of("host/web:1", "host/web:2")));
        assertThrows(
                AbortException.class,
                () -> JobResults.checkReferences(built(null, "host/web:1" + end), List.of("host/web:1")));
    }

    @Test
    void refusesMoreLayersThanASumOfSizesBears() {
        for (int images : new int[] {5, 6}) {
            BuildResult result = new BuildResult(
                    DIGEST, TYPE, 7L, List.of(), Collections.nCopies(images, image(1000)), null, List.of());
            if (images == 5) {
                assertDoesNotThrow(() -> JobResults.check("build", result));
            } else {
                assertTrue(refusal(result).contains("6000 entries in all"));
            }
        }
    }

    /** They would drive what was promoted off the page. */
    @Test
    void refusesAnImageForMorePlatformsThanThereAre() {
        BuildResult result =
                new BuildResult(DIGEST, TYPE, 7L, List.of(), Collections.nCopies(101, image(1)), null, List.of());
        assertTrue(refusal(result).contains("101 entries"));
    }

    @Test
    void refusesAnImageWithoutImages() {
        InspectResult.Item item = new InspectResult.Item("host/web", DIGEST, TYPE, 1, null, null);
        assertTrue(refusal(new InspectResult(List.of(item))).contains("none"));
    }
}
