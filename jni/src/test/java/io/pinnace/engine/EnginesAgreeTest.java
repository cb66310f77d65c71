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

        flow.run(BuildRequest.builder(settings)
                .definition(base)
                .tags(List.of(flow.base))
                .build());
        assertTrue(flow.run(PinRequest.builder(settings)
                        .definitions(List.of(definition))
                        .build())
                .locks()
                .get(0)
                .changed());
        assertEquals(
                flow.registry,
                flow.run(PingRequest.builder(settings).registry(flow.registry).build())
                        .registry());
        String web = flow.registry + "/test/web:17";
        BuildResult built = flow.run(BuildRequest.builder(settings)
                .definition(definition)
                .locked(true)
                .platforms(List.of("linux/amd64"))
                .tags(List.of(web))
                .labels(Map.of("empty", "", "emoji", "🛶"))
                .compression("zstd")
                .sourceDateEpoch(1_700_000_000L)
                .threads(2)
                .noCache(true)
                .cacheSize(1_000_000_000L)
                .contextModes("normalize")
                .environments(environments)
                .build());
        assertEquals(1, built.images().size());
        assertNotNull(built.images().get(0).base());
        flow.run(BuildRequest.builder(settings)
                .definition(definition)
                .locked(true)
                .plan(true)
                .build());
        InspectResult.Item item = flow.run(InspectRequest.builder(settings)
                        .references(List.of(web))
                        .build())
                .images()
                .get(0);
        assertEquals(built.digest(), item.digest());
        assertEquals("🛶", ((Map<?, ?>) item.images().get(0).config().get("Labels")).get("emoji"));
        flow.run(InspectRequest.builder(settings)
                .references(List.of(web, web))
                .digestOnly(true)
                .build());
        String layout = "oci:" + flow.home.resolve("layout");
        assertEquals(
                2,
                flow.run(CopyRequest.builder(settings)
                                        .source(web)
                                        .target(layout + ":1")
                                        .build())
                                .blobsSent()
                        - 1);
        flow.run(CopyRequest.builder(settings).source(web).target(layout + ":1").build());
        flow.run(CopyRequest.builder(settings)
                .source(layout + ":1")
                .target(flow.registry + "/copy:1")
                .referrers(true)
                .parallel(2)
                .build());
        PromoteResult promoted = flow.run(PromoteRequest.builder(settings)
                .reference(web + "@" + built.digest())
                .to("prod")
                .environments(environments)
                .tag("17")
                .build());
        assertEquals(built.digest(), promoted.digest());
        promoted = flow.run(PromoteRequest.builder(settings)
                .reference(layout + ":1")
                .to("prod")
                .environments(environments)
                .as("shop/web")
                .build());
        assertTrue(promoted.target().contains("/shop/web:1@" + built.digest()), promoted.target());
        flow.run(GcRequest.builder(settings).layout(layout).build());

        String other = flow.registry + "/test/web:18";
        flow.run(BuildRequest.builder(settings)
                .definition(base)
                .tags(List.of(other))
                .build());
        assertEquals(
                ErrorCode.CONFLICT,
                flow.fail(PromoteRequest.builder(settings)
                        .reference(other)
                        .to("prod")
                        .environments(environments)
                        .tag("17")
                        .build()));
        assertEquals(
                ErrorCode.NOT_FOUND,
                flow.fail(InspectRequest.builder(settings)
                        .references(List.of(flow.registry + "/none:1"))
                        .build()));
        assertEquals(
                ErrorCode.UNAVAILABLE,
                flow.fail(InspectRequest.builder(settings)
                        .references(List.of("127.0.0.1:1/none:1"))
                        .build()));
        assertEquals(
                ErrorCode.INVALID_INPUT,
                flow.fail(InspectRequest.builder(settings)
                        .references(List.of("Not A Reference 🛶"))
                        .build()));
        assertEquals(
                ErrorCode.INVALID_INPUT,
                flow.fail(InspectRequest.builder(settings)
                        .references(List.of("half a pair \ud83d"))
                        .build()));
        assertEquals(
                ErrorCode.INVALID_INPUT,
                flow.fail(InspectRequest.builder(settings)
                        .references(List.of("nul\0nul"))
                        .build()));
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
