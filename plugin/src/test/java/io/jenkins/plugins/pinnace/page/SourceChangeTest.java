package io.jenkins.plugins.pinnace.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.TaskListener;
import io.jenkins.plugins.pinnace.results.ImageDifference;
import io.pinnace.engine.DiffResult;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.FakeChangeLogSCM;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class SourceChangeTest {
    private final FakeChangeLogSCM sources = new FakeChangeLogSCM();

    @Test
    void thoseOfAllBuildsSinceThen(JenkinsRule jenkins) throws Exception {
        FreeStyleProject project = jenkins.createFreeStyleProject();
        project.setScm(sources);
        FreeStyleBuild first = build(jenkins, project, "base");
        FreeStyleBuild second = build(jenkins, project, "one\n\nwhy", "two");
        FreeStyleBuild third = build(jenkins, project);
        FreeStyleBuild fourth = build(jenkins, project, "<b>three</b>" + "!".repeat(500));

        List<SourceChange> changes = SourceChange.between(first, fourth);
        assertEquals(List.of(4, 2, 2), changes.stream().map(SourceChange::build).toList());
        assertEquals(
                List.of("one", "two"),
                changes.stream().map(SourceChange::message).skip(1).toList());
        assertEquals("alice", changes.get(1).author());
        assertTrue(changes.get(0).message().length() < 250, changes.get(0).message());
        assertEquals(2, SourceChange.between(first, second).size());
        assertEquals(List.of(), SourceChange.between(second, third));
    }

    @Test
    void thePageHasThemAsText(JenkinsRule jenkins) throws Exception {
        FreeStyleProject project = jenkins.createFreeStyleProject();
        project.setScm(sources);
        FreeStyleBuild first = build(jenkins, project, "base");
        FreeStyleBuild second = build(jenkins, project, "a <b>bold</b> change");
        DiffResult result = new DiffResult(
                new DiffResult.Side("host/web:1", "sha256:1"),
                new DiffResult.Side("host/web:2", "sha256:2"),
                false,
                List.of(),
                null);
        BuildContainers.of(second)
                .add("host/web:1", "host/web:2", ImageDifference.of(result, null), "report", first, TaskListener.NULL);

        List<ChangeEntry> changes = second.getAction(ContainersAction.class).getChanges();
        assertEquals(1, changes.get(0).sources().size());
        String line = jenkins.createWebClient()
                .getPage(second, "containers/")
                .querySelector("details li")
                .getTextContent();
        assertEquals("a <b>bold</b> change (alice, #2)", line.strip());
    }

    @Test
    void aLoopOfChangesHasAnEnd(JenkinsRule jenkins) throws Exception {
        FreeStyleProject project = jenkins.createFreeStyleProject();
        project.setScm(sources);
        FreeStyleBuild first = build(jenkins, project);
        FreeStyleBuild second = build(
                jenkins, project, "x ".repeat(SourceChange.MAX_CHANGES + 5).split(" "));
        assertEquals(
                SourceChange.MAX_CHANGES, SourceChange.between(first, second).size());
    }

    @Test
    void charactersAreNotCut(JenkinsRule jenkins) throws Exception {
        FreeStyleProject project = jenkins.createFreeStyleProject();
        project.setScm(sources);
        FreeStyleBuild first = build(jenkins, project, "base");
        String ships = "\u26f5".repeat(199) + "\ud83d\udea2".repeat(9);
        FreeStyleBuild second = build(jenkins, project, ships);
        DiffResult result = new DiffResult(
                new DiffResult.Side("host/web:1", "sha256:1"),
                new DiffResult.Side("host/web:2", "sha256:2"),
                false,
                List.of(),
                null);
        String report = "x" + "\ud83d\udea2".repeat(60_000);
        BuildContainers.of(second)
                .add("host/web:1", "host/web:2", ImageDifference.of(result, null), report, first, TaskListener.NULL);

        ChangeEntry change =
                second.getAction(ContainersAction.class).getChanges().get(0);
        assertEquals("\u26f5".repeat(199) + "...", change.sources().get(0).message());
        assertTrue(change.report().startsWith("x\ud83d\udea2"), change.report());
    }

    private FreeStyleBuild build(JenkinsRule jenkins, FreeStyleProject project, String... messages) throws Exception {
        for (String message : messages) {
            sources.addChange().withAuthor("alice").withMsg(message);
        }
        return jenkins.buildAndAssertSuccess(project);
    }
}
