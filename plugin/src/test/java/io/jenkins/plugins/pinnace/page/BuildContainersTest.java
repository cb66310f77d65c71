package io.jenkins.plugins.pinnace.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.FreeStyleBuild;
import hudson.model.TaskListener;
import hudson.util.StreamTaskListener;
import io.pinnace.engine.BuildResult;
import io.pinnace.engine.PromoteResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The file of a build stays small, whatever agents answer. */
@WithJenkins
class BuildContainersTest {
    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    private static BuildResult image(String reference) {
        BuildResult.Layer layer = new BuildResult.Layer(DIGEST, 1, "layer", DIGEST, false);
        BuildResult.Image image =
                new BuildResult.Image("linux/amd64", DIGEST, 7, DIGEST, Collections.nCopies(5000, layer), null, 7L);
        return new BuildResult(DIGEST, "manifest", 7L, List.of(reference), List.of(image), null, List.of());
    }

    @Test
    void theOldestImagesGoFirst(JenkinsRule jenkins) throws Exception {
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(jenkins.createFreeStyleProject());
        BuildContainers containers = BuildContainers.of(build);
        containers.add(
                new PromoteResult("host/a", "host/b", DIGEST, "manifest", "prod", "1", null, 0),
                "lead",
                null,
                TaskListener.NULL);
        for (int i = 0; i < 20; i++) {
            containers.add(image("host/web:" + i), TaskListener.NULL);
        }
        Path file = build.getRootDir().toPath().resolve("pinnace/containers.json");
        assertTrue(
                Files.size(file) <= BuildContainers.MAX_BYTES,
                () -> "it has " + file.toFile().length() + " bytes");
        List<ImageEntry> images = containers.read().images();
        assertEquals(List.of("host/web:19"), images.get(images.size() - 1).references());
        assertTrue(images.size() > 1);
        assertEquals(1, containers.read().promotions().size());

        Files.write(file, new byte[BuildContainers.MAX_BYTES + 1]);
        String refused = assertThrows(IOException.class, containers::read).getMessage();
        assertTrue(refused.contains("and may have"), refused);
    }

    @Test
    void filesOfTheFirstVersionAreRead(JenkinsRule jenkins) throws Exception {
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(jenkins.createFreeStyleProject());
        BuildContainers containers = BuildContainers.of(build);
        containers.add(image("host:1/shop/web:1"), TaskListener.NULL);
        Path file = build.getRootDir().toPath().resolve("pinnace/containers.json");
        String text = Files.readString(file);
        Files.writeString(
                file,
                text.replace("\"version\":3", "\"version\":1")
                        .replace(",\"changes\":[]", "")
                        .replace(",\"packages\":7", ""));
        assertEquals(List.of(), containers.read().changes());
        assertNull(containers.read().images().get(0).platforms().get(0).packages());
        assertEquals("host:1/shop/web:1", containers.lastLike("host:1/shop/web:2@" + DIGEST));
        assertNull(containers.lastLike("host:1/shop/proxy:1@" + DIGEST));
    }

    /** The page says so, the file stays, and a build that has made something more does not fail. */
    @Test
    void whatCannotBeReadIsToldAndKept(JenkinsRule jenkins) throws Exception {
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(jenkins.createFreeStyleProject());
        BuildContainers containers = BuildContainers.of(build);
        containers.add(image("host/web:1"), TaskListener.NULL);
        ContainersAction action = build.getAction(ContainersAction.class);
        assertNull(action.getProblem());
        Path file = build.getRootDir().toPath().resolve("pinnace/containers.json");
        String newer = "{\"version\":4,\"images\":[],\"promotions\":[],\"more\":[]}";
        for (String text : List.of(
                newer,
                "{\"version\":1,\"images\":[{\"dig",
                "{\"version\":2,\"images\":[],\"promotions\":[]}",
                "{\"version\":2,\"images\":[],\"promotions\":[],\"changes\":[{\"from\":\"x\"}]}",
                "",
                "[]",
                "{}",
                "{\"version\":1}",
                "{\"version\":1,\"images\":[null],\"promotions\":[]}",
                "{\"version\":1,\"images\":[{\"digest\":\"x\"}],\"promotions\":[]}")) {
            Files.writeString(file, text);
            String problem = action.getProblem();
            assertTrue(problem.contains(text.equals(newer) ? "newer version" : "damaged"), text + ": " + problem);
            assertEquals(List.of(), action.getImages());
            ByteArrayOutputStream log = new ByteArrayOutputStream();
            containers.add(image("host/web:2"), new StreamTaskListener(log, StandardCharsets.UTF_8));
            assertTrue(log.toString(StandardCharsets.UTF_8).contains("containers.json"), log.toString());
            assertEquals(text, Files.readString(file));
        }
        String page = jenkins.createWebClient().getPage(build, "containers/").asNormalizedText();
        assertTrue(page.contains("can not be shown"), page);
        assertTrue(page.contains("it is damaged"), page);
    }
}
