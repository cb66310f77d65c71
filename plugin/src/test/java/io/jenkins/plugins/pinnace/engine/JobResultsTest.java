package io.jenkins.plugins.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.AbortException;
import io.pinnace.engine.BuildResult;
import io.pinnace.engine.EngineException;
import io.pinnace.engine.InspectResult;
import io.pinnace.engine.PinResult;
import io.pinnace.engine.PromoteResult;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What hostile agents answer. */
class JobResultsTest {
    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);
    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";

    private static BuildResult built(String digest, String reference, String platform, List<BuildResult.Layer> layers) {
        return new BuildResult(
                digest,
                TYPE,
                7L,
                List.of(reference),
                List.of(new BuildResult.Image(
                        platform, digest, 7, DIGEST, layers, new BuildResult.Base("debian:bookworm", DIGEST))),
                null,
                List.of());
    }

    private static List<BuildResult.Layer> layers(int count) {
        return Collections.nCopies(count, new BuildResult.Layer(DIGEST, 1, TYPE, DIGEST, false));
    }

    private static String refusal(Object result) {
        return assertThrows(EngineException.class, () -> JobResults.check("build", result))
                .getMessage();
    }

    @Test
    void takesWhatIsGood() {
        assertDoesNotThrow(() ->
                JobResults.check("build", built(DIGEST, "host:5000/web:1@" + DIGEST, "linux/amd64", layers(1000))));
        assertDoesNotThrow(() -> JobResults.check(
                "build", built(DIGEST, "oci:/my workspace/out:1@" + DIGEST, "linux/arm64/v8", layers(0))));
    }

    @Test
    void findingsAreNotShownAndMayBeLong() {
        BuildResult.Finding finding = new BuildResult.Finding("rule", "x".repeat(5000), "Containerfile", 1, 1);
        assertDoesNotThrow(() -> JobResults.check(
                "build", new BuildResult(DIGEST, TYPE, 7L, List.of(), List.of(), null, List.of(finding))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sha256:",
                "sha256:0",
                "md5:d41d8cd98f00b204e9800998ecf8427e",
                "sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
                "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
                "<script>alert(1)</script>"
            })
    void refusesWhatIsNoDigest(String digest) {
        assertTrue(
                refusal(built(digest, "host/web:1", "linux/amd64", List.of())).contains("digest"));
        assertFalse(JobResults.isDigest(digest));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "linux\u0000", "<b>", "a b", "linux/amd64\nFinished: SUCCESS", "-x"})
    void refusesWhatIsNoPlatform(String platform) {
        String message = refusal(built(DIGEST, "host/web:1", platform, List.of()));
        assertTrue(message.contains("platform"), message);
        assertEquals(1, message.lines().count());
    }

    @Test
    void refusesLongTextsAndLists() {
        assertTrue(refusal(built(DIGEST, "h/" + "x".repeat(2000), "linux/amd64", List.of()))
                .contains("reference"));
        assertTrue(refusal(built(DIGEST, "host/web:1", "linux/amd64", layers(1001)))
                .contains("1001 entries"));
        assertTrue(refusal(new PinResult(null)).contains("none"));
        assertTrue(refusal(new PinResult(Arrays.asList((PinResult.Lock) null))).contains("locks"));
        for (String differences : Arrays.asList(null, "a\u001b[2Jb", "x".repeat(2000), "x\n".repeat(10_001))) {
            PinResult.Lock lock = new PinResult.Lock("Containerfile", "lock", true, differences, List.of());
            assertTrue(refusal(new PinResult(List.of(lock))).contains("differences"), differences);
        }
    }

    @Test
    void refusesReferencesThatWereNotAskedFor() throws Exception {
        String end = "@" + DIGEST;
        JobResults.checkReferences(
                built(DIGEST, "host:5000/web:1" + end, "linux/amd64", List.of()), List.of("host:5000/web:1"));
        JobResults.checkReferences(
                built(DIGEST, "docker.io/library/web:1" + end, "linux/amd64", List.of()), List.of("web:1"));
        for (String asked : List.of("docker.io/team/app:1", "index.docker.io/team/app:1", "team/app:1")) {
            JobResults.checkReferences(
                    built(DIGEST, "docker.io/team/app:1" + end, "linux/amd64", List.of()), List.of(asked));
        }
        for (String asked : List.of("index.docker.io/web:1", "library/web:1")) {
            JobResults.checkReferences(
                    built(DIGEST, "docker.io/library/web:1" + end, "linux/amd64", List.of()), List.of(asked));
        }
        for (String forged : List.of("host:5000/other:1" + end, "evil/host:5000/web:1" + end, "host:5000/web:1")) {
            assertThrows(
                    AbortException.class,
                    () -> JobResults.checkReferences(
                            built(DIGEST, forged, "linux/amd64", List.of()), List.of("host:5000/web:1")));
        }
        assertThrows(
                AbortException.class,
                () -> JobResults.checkReferences(
                        built(DIGEST, "host/web:1" + end, "linux/amd64", List.of()),
                        List.of("host/web:1", "host/web:2")));
    }

    @Test
    void refusesNegativeSizes() {
        assertTrue(refusal(new InspectResult(
                        List.of(new InspectResult.Item("host/web", DIGEST, TYPE, -1, null, List.of()))))
                .contains("size"));
        assertTrue(refusal(new PromoteResult("host/a", "host/b", DIGEST, TYPE, "prod", null, null, -1))
                .contains("size"));
    }

    @Test
    void refusesWhatIsTooMuchInAll() {
        BuildResult.Image image = new BuildResult.Image("linux/amd64", DIGEST, 7, DIGEST, layers(1000), null);
        assertTrue(refusal(new BuildResult(DIGEST, TYPE, 7L, List.of(), Collections.nCopies(6, image), null, List.of()))
                .contains("6000 entries in all"));
        BuildResult.Layer layer = new BuildResult.Layer(DIGEST, Long.MAX_VALUE, TYPE, DIGEST, false);
        assertTrue(refusal(built(DIGEST, "host/web:1", "linux/amd64", List.of(layer)))
                .contains("size"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0085b", "a\u2028b", "a\u2029b", "a\u009b2Jb", "a\u202eb", "a\ud800b"})
    void refusesWhatCantBePrinted(String text) {
        assertTrue(
                refusal(built(DIGEST, "host/" + text, "linux/amd64", List.of())).contains("reference"));
    }

    @Test
    void showsLittleOfWhatItRefuses() {
        assertTrue(refusal(built("x".repeat(100_000), "host/web:1", "linux/amd64", List.of()))
                        .length()
                < 200);
    }
}
