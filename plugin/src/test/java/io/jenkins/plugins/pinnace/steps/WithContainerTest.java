package io.jenkins.plugins.pinnace.steps;

import hudson.model.Result;
import io.jenkins.plugins.pinnace.SilentRegistry;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** What needs no container runtime. */
@WithJenkins
class WithContainerTest {
    @Test
    void anAbortBeforeTheContainerIsReady(JenkinsRule jenkins) throws Exception {
        try (SilentRegistry registry = new SilentRegistry()) {
            WorkflowJob job = jenkins.createProject(WorkflowJob.class);
            job.setDefinition(new CpsFlowDefinition(
                    "node { withContainer(image: '" + registry.host() + "/web:1') { echo 'inside' } }", true));
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            registry.awaitRequest();
            run.getExecutor().interrupt();
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
            registry.awaitEnd();
            jenkins.assertLogNotContains("Exception", run);
            jenkins.assertLogNotContains("inside\n", run);
        }
    }
}
