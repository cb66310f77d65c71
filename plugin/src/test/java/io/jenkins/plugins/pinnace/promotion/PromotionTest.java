package io.jenkins.plugins.pinnace.promotion;

import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Item;
import hudson.model.Result;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.pinnace.configuration.EnvironmentConfiguration;
import io.jenkins.plugins.pinnace.configuration.PinnaceConfiguration;
import io.jenkins.plugins.pinnace.configuration.RegistryConfiguration;
import java.util.List;
import java.util.logging.Level;
import jenkins.model.Jenkins;
import jenkins.security.QueueItemAuthenticatorConfiguration;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.LogRecorder;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.MockQueueItemAuthenticator;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Who may promote what. Nothing listens at the registries: who gets that far is told by the connection that fails. */
@WithJenkins
class PromotionTest {
    private static final String REACHED = "127.0.0.1:9";
    private final LogRecorder audit = new LogRecorder()
            .record("io.jenkins.plugins.pinnace.audit", Level.INFO)
            .capture(50);
    private JenkinsRule jenkins;

    @BeforeEach
    void configure(JenkinsRule rule) {
        jenkins = rule;
        rule.jenkins.setSecurityRealm(rule.createDummySecurityRealm());
        rule.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ, Item.BUILD)
                .everywhere()
                .to("dev", "lead")
                .grant(PromotePermission.PROMOTE)
                .everywhere()
                .to("lead"));
        PinnaceConfiguration.get().setRegistries(List.of(new RegistryConfiguration("ci", REACHED)));
        PinnaceConfiguration.get().setEnvironments(List.of(new EnvironmentConfiguration("prod", "127.0.0.1:9/prod")));
    }

    private WorkflowRun promote(String starter, String image, String to) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(
                "containerPromote image: '" + image + "', to: '" + to + "', reason: 'a\\nb'", true));
        try (ACLContext context = ACL.as2(User.getById(starter, true).impersonate2())) {
            return jenkins.assertBuildStatus(
                    Result.FAILURE, job.scheduleBuild2(0, new CauseAction(new Cause.UserIdCause(starter))));
        }
    }

    @Test
    void whoStartsItNeedsThePermission() throws Exception {
        jenkins.assertLogContains(
                "dev is missing the Pinnace/Promote permission", promote("dev", REACHED + "/web:1", "prod"));
        jenkins.assertLogContains(REACHED, promote("lead", REACHED + "/web:1", "prod"));
        assertTrue(audit.getMessages().stream().anyMatch(line -> line.contains("not promoted: " + REACHED + "/web:1")));
        assertTrue(audit.getMessages().stream().noneMatch(line -> line.contains("\n")));
    }

    @Test
    void whomItRunsAsNeedsItToo() throws Exception {
        QueueItemAuthenticatorConfiguration.get()
                .getAuthenticators()
                .add(new MockQueueItemAuthenticator()
                        .authenticate("test0", User.getById("dev", true).impersonate2()));
        WorkflowRun run = promote("lead", REACHED + "/web:1", "prod");
        jenkins.assertLogContains("dev is missing the Pinnace/Promote permission", run);
    }

    @Test
    void imagesComeFromKnownPlaces() throws Exception {
        for (String image :
                List.of("oci:/var/lib/jenkins:1", "oci-archive:x.tar", "evil.test/web:1", "127.0.0.1:99/web", "web")) {
            jenkins.assertLogContains("is in no registry and no environment", promote("lead", image, "prod"));
        }
        jenkins.assertLogContains(
                "unknown environment \"other\"; environments that are configured: prod",
                promote("lead", REACHED + "/web:1", "other"));
    }
}
