package io.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinnace.engine.EngineSettings.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All jobs, against a real registry, through both engines, with equal results, events and errors. */
class EnginesAgreeTest {
    @TempDir
    Path directory;

    /** One engine's run of everything; its own name is taken out of what it got. */
    private final class Flow {
        final List<String> outcomes = new ArrayList<>();
        final Engine engine;
        final String registry;
        /** The same for both, as the image names its base. */
        final String base;

        final Path home;
        final JobSettings settings;

        Flow(Kind kind, String host) throws EngineException, IOException {
            engine = TestEngines.create(kind);
            registry = host + "/engine" + kind.ordinal();
            base = host + "/shared/base:1";
            home = Files.createDirectories(directory.resolve("engine" + kind.ordinal()));
            settings = TestEngines.settings(home);
            Files.writeString(
                    home.resolve("environments.yaml"),
                    "test: {repository: " + registry + "/test}\nprod: {repository: " + registry
                            + "/prod, immutable: true}\n");
        }

        <R> R run(Request<R> request) throws EngineException, InterruptedException {
            Recorder events = new Recorder();
            R result = engine.run(request, Credentials.none(), events);
            outcomes.add(neutral(request.job() + " " + result + " " + events.lines));
            assertTrue(Set.of(Thread.currentThread()).containsAll(events.threads), "events come on this thread");
            return result;
        }

        ErrorCode fail(Request<?> request) {
            EngineException failure = assertThrows(
                    EngineException.class, () -> engine.run(request, Credentials.none(), EventListener.NONE));
            outcomes.add(neutral(failure.code() + " " + failure.reason() + " " + failure.context()));
            return failure.code();
        }

        Path project() throws IOException {
            Path project = Files.createDirectories(home.resolve("project"));
            Files.writeString(project.resolve("greeting.txt"), "Grüße 🛶\n".repeat(20_000));
            Files.writeString(
                    project.resolve("base.yaml"),
                    """
                    version: 1
                    base: scratch
                    artifacts: [{from: greeting.txt, to: /etc/greeting}]
                    platforms: [linux/amd64, linux/arm64]
                    """);
            return Files.writeString(
                    project.resolve("pinnace.yaml"),
                    """
                    version: 1
                    base: %s
                    artifacts: [{from: greeting.txt, to: /srv/}]
                    config: {user: "1000", labels: {name: "🛶"}}
                    """
                            .formatted(base));
        }

        private String neutral(String text) {
            return text.replace(registry, "REGISTRY").replace(home.toString(), "HOME");
        }
    }

    private static List<String> everything(Flow flow) throws Exception {
        String definition = flow.project().toString();
        String base = flow.home.resolve("project/base.yaml").toString();
        JobSettings settings = flow.settings;
        String environments = flow.home.resolve("environments.yaml").toString();

        flow.run(BuildRequest.of(settings, base, List.of(flow.base)));
        assertTrue(flow.run(PinRequest.of(settings, definition)).locks().get(0).changed());
        assertEquals(
                flow.registry,
                flow.run(new PingRequest(settings, flow.registry)).registry());
        String web = flow.registry + "/test/web:17";
        BuildResult built = flow.run(new BuildRequest(
                settings,
                definition,
                null,
                null,
                true,
                false,
                false,
                null,
                Map.of(),
                List.of("linux/amd64"),
                List.of(web),
                Map.of("empty", "", "emoji", "🛶"),
                "zstd",
                1_700_000_000L,
                2,
                Map.of(),
                Map.of(),
                null,
                new BuildCache(true, List.of(), null, 1_000_000_000L),
                false,
                "normalize",
                environments));
        assertEquals(1, built.images().size());
        assertNotNull(built.images().get(0).base());
        flow.run(new BuildRequest(
                settings,
                definition,
                null,
                null,
                true,
                true,
                false,
                null,
                Map.of(),
                List.of(),
                List.of(),
                Map.of(),
                null,
                null,
                null,
                Map.of(),
                Map.of(),
                null,
                BuildCache.DEFAULT,
                false,
                null,
                null));
        InspectResult.Item item =
                flow.run(InspectRequest.of(settings, web)).images().get(0);
        assertEquals(built.digest(), item.digest());
        assertEquals("🛶", ((Map<?, ?>) item.images().get(0).config().get("Labels")).get("emoji"));
        flow.run(new InspectRequest(settings, List.of(web, web), true, null));
        String layout = "oci:" + flow.home.resolve("layout");
        assertEquals(2, flow.run(CopyRequest.of(settings, web, layout + ":1")).blobsSent() - 1);
        flow.run(CopyRequest.of(settings, web, layout + ":1"));
        flow.run(new CopyRequest(settings, layout + ":1", flow.registry + "/copy:1", true, false, 2, null));
        PromoteResult promoted =
                flow.run(new PromoteRequest(settings, web + "@" + built.digest(), "prod", environments, "17", null));
        assertEquals(built.digest(), promoted.digest());
        promoted = flow.run(new PromoteRequest(settings, layout + ":1", "prod", environments, null, "shop/web"));
        assertTrue(promoted.target().contains("/shop/web:1@" + built.digest()), promoted.target());
        flow.run(new GcRequest(settings, layout));

        String other = flow.registry + "/test/web:18";
        flow.run(BuildRequest.of(settings, base, List.of(other)));
        assertEquals(
                ErrorCode.CONFLICT, flow.fail(new PromoteRequest(settings, other, "prod", environments, "17", null)));
        assertEquals(ErrorCode.NOT_FOUND, flow.fail(InspectRequest.of(settings, flow.registry + "/none:1")));
        assertEquals(ErrorCode.UNAVAILABLE, flow.fail(InspectRequest.of(settings, "127.0.0.1:1/none:1")));
        assertEquals(ErrorCode.INVALID_INPUT, flow.fail(InspectRequest.of(settings, "Not A Reference 🛶")));
        assertEquals(ErrorCode.INVALID_INPUT, flow.fail(InspectRequest.of(settings, "half a pair \ud83d")));
        assertEquals(ErrorCode.INVALID_INPUT, flow.fail(InspectRequest.of(settings, "nul\0nul")));
        return flow.outcomes;
    }

    @Test
    void allJobsGiveEqualResultsAndErrors() throws Exception {
        try (TestRegistry registry = new TestRegistry(directory.resolve("registry"), null)) {
            List<String> jni = everything(new Flow(Kind.JNI, registry.host()));
            List<String> process = everything(new Flow(Kind.PROCESS, registry.host()));
            assertEquals(String.join("\n", jni), String.join("\n", process));
        }
    }
}
