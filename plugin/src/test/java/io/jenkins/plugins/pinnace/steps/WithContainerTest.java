package io.jenkins.plugins.pinnace.steps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import hudson.AbortException;
import hudson.model.Result;
import io.jenkins.plugins.pinnace.SilentRegistry;
import io.pinnace.engine.JobSettings;
import io.pinnace.engine.Ready;
import java.util.List;
import java.util.Map;
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
    void theBlockFindsEachPort() throws Exception {
        WithContainerStep step = new WithContainerStep("host/dns:1");
        step.setPorts(List.of("53", "53/UDP", "10.0.0.5:8080:80"));
        Ready.Port tcp = new Ready.Port("127.0.0.1", 5301, 53, "tcp");
        Ready.Port udp = new Ready.Port("127.0.0.1", 5302, 53, "udp");
        Ready.Port other = new Ready.Port("10.0.0.5", 8080, 80, "tcp");
        assertEquals(
                Map.of(
                        "CONTAINER_HOST", "127.0.0.1",
                        "CONTAINER_HOST_53", "127.0.0.1",
                        "CONTAINER_PORT_53", "5301",
                        "CONTAINER_HOST_53_UDP", "127.0.0.1",
                        "CONTAINER_PORT_53_UDP", "5302",
                        "CONTAINER_HOST_80", "10.0.0.5",
                        "CONTAINER_PORT_80", "8080"),
                step.variables(List.of(tcp, udp, other)));
        assertThrows(AbortException.class, () -> step.variables(List.of(tcp)));
        step.setPorts(List.of("10.0.0.5:8080:80"));
        assertEquals("10.0.0.5", step.variables(List.of(other)).get("CONTAINER_HOST"));
        assertEquals("8080", step.variables(List.of(other)).get("CONTAINER_PORT"));
    }

    private static Integer stopSeconds(WithContainerStep step) {
        return step.request(new JobSettings("store", null), "host/web:1", Map.of(), List.of())
                .stopSeconds();
    }

    @Test
    void itsProgramHasTimeToStop() {
        WithContainerStep step = new WithContainerStep("host/web:1");
        assertEquals(10, stopSeconds(step));
        step.setStopSeconds(3);
        assertEquals(3, stopSeconds(step));
        step.setStopSeconds(0);
        assertEquals(0, stopSeconds(step));
    }

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
