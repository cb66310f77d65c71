package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What hostile agents answer. */
class ResultsTest {
    private static final JobSettings SETTINGS = new JobSettings("store", null);
    private static final PinRequest PIN = PinRequest.builder(SETTINGS).build();
    private static final InspectRequest INSPECT =
            InspectRequest.builder(SETTINGS).build();
    private static final BuildRequest BUILD =
            BuildRequest.builder(SETTINGS).definition("pinnace.yaml").build();

    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);
    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";
    private static final String GOOD = "{\"locks\":[{\"definition\":\"a\",\"lock\":\"b\",\"changed\":true,"
            + "\"differences\":\"one\\ntwo\\n\",\"images\":[{\"name\":\"debian\",\"digest\":\"" + DIGEST + "\"}]}]}";

    private static BuildResult built(
            String digest, String reference, String platform, int layers, Long size, BuildResult.Finding... findings) {
        BuildResult.Layer layer = new BuildResult.Layer(DIGEST, 1, TYPE, DIGEST, false);
        BuildResult.Image image = new BuildResult.Image(
                platform,
                digest,
                7,
                DIGEST,
                Collections.nCopies(layers, layer),
                new BuildResult.Base("debian:bookworm", DIGEST),
                7L);
        return new BuildResult(digest, TYPE, size, List.of(reference), List.of(image), null, List.of(findings));
    }

    private static byte[] json(Object result) throws Exception {
        return new JsonMapper().writeValueAsBytes(result);
    }

    private static <R> String refusal(Request<R> request, R result) throws Exception {
        byte[] text = json(result);
        EngineException failure =
                assertThrows(EngineException.class, () -> Results.read(request, text, Integer.MAX_VALUE));
        assertEquals(ErrorCode.INTERNAL, failure.code());
        assertEquals(1, failure.getMessage().lines().count());
        assertTrue(failure.getMessage().length() < 300, failure.getMessage());
        return failure.getMessage();
    }

    private static <R> void assertTaken(Request<R> request, R result) throws Exception {
        assertEquals(result, Results.read(request, json(result), Integer.MAX_VALUE));
    }

    private static PinResult readPin(String text, int maxBytes) throws EngineException {
        return Results.read(PIN, text.getBytes(StandardCharsets.UTF_8), maxBytes);
    }

    @Test
    void readsAResult() throws Exception {
        assertEquals(
                "debian",
                readPin(GOOD, GOOD.length()).locks().get(0).images().get(0).name());
        assertTaken(BUILD, built(DIGEST, "host:5000/web:1@" + DIGEST, "linux/amd64", 1000, 7L));
        assertTaken(BUILD, built(DIGEST, "oci:/my workspace/out:1@" + DIGEST, "linux/arm64/v8", 0, 7L));
        assertTaken(BUILD, new BuildResult(null, null, null, List.of(), List.of(), "one\n\ttwo\r\n", List.of()));
        assertTaken(BUILD, built(DIGEST, "a", "a", 0, 0L, new BuildResult.Finding("Rule", "a\tb", "Dock\ufffd", 1, 1)));
    }

    @Test
    void refusesALongOneUnread() {
        EngineException failure = assertThrows(EngineException.class, () -> readPin(GOOD, GOOD.length() - 1));
        assertEquals(
                "result of job pin: it has " + GOOD.length() + " bytes, and may have " + (GOOD.length() - 1),
                failure.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"locks\":null}",
                "{\"locks\":[null]}",
                "{\"locks\":[],\"more\":1}",
                "{\"locks\":{}}",
                "{\"locks\":[]} {}",
                "{\"locks\":[{\"definition\":\"a\"}]}"
            })
    void refusesWhatIsNoResult(String text) {
        assertEquals(
                ErrorCode.INTERNAL,
                assertThrows(EngineException.class, () -> readPin(text, 1000)).code());
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
    void refusesWhatIsNoDigest(String digest) throws Exception {
        String message = refusal(BUILD, built(digest, "host/web:1", "linux/amd64", 0, 7L));
        assertTrue(message.contains("digest \""), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "linux\u0000", "<b>", "a b", "linux/amd64\nFinished: SUCCESS", "-x"})
    void refusesWhatIsNoPlatform(String platform) throws Exception {
        String message = refusal(BUILD, built(DIGEST, "host/web:1", platform, 0, 7L));
        assertTrue(message.contains("platform \""), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\u0085b", "a\u2028b", "a\u2029b", "a\u009b2Jb", "a\u202eb", "a\u200bb"})
    void refusesTextsThatSteer(String text) throws Exception {
        String reference = refusal(BUILD, built(DIGEST, "host/" + text, "linux/amd64", 0, 7L));
        assertTrue(reference.matches(".*references \".*\" is refused: expected plain text"), reference);
        for (BuildResult.Finding finding : List.of(
                new BuildResult.Finding("Rule", text, "Containerfile", 1, 1),
                new BuildResult.Finding("Rule", "message", text, 1, 1))) {
            String message = refusal(BUILD, built(DIGEST, "host/web:1", "linux/amd64", 0, 7L, finding));
            assertTrue(message.contains("result of job build: findings: "), message);
        }
    }

    /** They may have lines, and nothing else that steers. */
    @Test
    void refusesPlansDifferencesAndAnnotationsThatSteer() throws Exception {
        String steering = "a\n\u001b[2Jb";
        String plan = refusal(BUILD, new BuildResult(null, null, null, List.of(), List.of(), steering, List.of()));
        assertTrue(plan.endsWith("is refused: expected plain text"), plan);
        PinResult.Lock lock = new PinResult.Lock("Containerfile", "lock", true, steering, List.of());
        String differences = refusal(PIN, new PinResult(List.of(lock)));
        assertTrue(differences.endsWith("is refused: expected plain text"), differences);
        for (Map<String, String> annotations : List.of(Map.of("key", steering), Map.of(steering, "value"))) {
            InspectResult.Item item = new InspectResult.Item("host/web", DIGEST, TYPE, 1, annotations, List.of());
            String message = refusal(INSPECT, new InspectResult(List.of(item)));
            assertTrue(message.contains("annotations") && message.contains("is refused: expected plain"), message);
        }
    }

    @Test
    void refusesWhatIsTooMuch() throws Exception {
        assertTrue(refusal(BUILD, built(DIGEST, "h/" + "x".repeat(5000), "linux/amd64", 0, 7L))
                .contains("is refused: expected at most 4096 characters"));
        assertTrue(refusal(BUILD, built(DIGEST, "host/web:1", "linux/amd64", 1001, 7L))
                .contains("layers \"1001 items\" is refused: expected at most 1000"));
        assertTrue(refusal(BUILD, built("x".repeat(100_000), "host/web:1", "linux/amd64", 0, 7L))
                .contains("digest \"xxx"));
        BuildResult.Finding[] findings = Collections.nCopies(
                        10_001, new BuildResult.Finding("Rule", "message", "Containerfile", 1, 1))
                .toArray(BuildResult.Finding[]::new);
        assertTrue(refusal(BUILD, built(DIGEST, "host/web:1", "linux/amd64", 0, 7L, findings))
                .contains("findings \"10001 items\" is refused: expected at most 10000"));
        for (long size : new long[] {-1, Long.MAX_VALUE}) {
            assertTrue(refusal(BUILD, built(DIGEST, "host/web:1", "linux/amd64", 0, size))
                    .contains("is refused: expected an integer from 0 to "));
        }
    }
}
