package io.jenkins.plugins.pinnace.promotion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.FreeStyleProject;
import hudson.model.Item;
import hudson.model.Label;
import hudson.model.Result;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.slaves.DumbSlave;
import hudson.triggers.SCMTrigger;
import hudson.triggers.TimerTrigger;
import io.jenkins.plugins.pinnace.SilentRegistry;
import io.jenkins.plugins.pinnace.configuration.EnvironmentConfiguration;
import io.jenkins.plugins.pinnace.configuration.PinnaceConfiguration;
import io.jenkins.plugins.pinnace.configuration.PinnaceFolderProperty;
import io.jenkins.plugins.pinnace.configuration.RegistryConfiguration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import jenkins.model.Jenkins;
import jenkins.security.QueueItemAuthenticatorConfiguration;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution;
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
        PinnaceConfiguration.get().setEnvironments(List.of(prod()));
    }

    /** Most builds here are started by nobody. */
    private static EnvironmentConfiguration prod() {
        EnvironmentConfiguration prod = new EnvironmentConfiguration("prod", "127.0.0.1:9/prod");
        prod.setUnattended(true);
        return prod;
    }

    private WorkflowJob job(String image, String to) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(definition(image, to));
        return job;
    }

    private static CpsFlowDefinition definition(String image, String to) throws Exception {
        return new CpsFlowDefinition(
                "containerPromote image: '" + image + "', to: '" + to + "', reason: 'a\\nb'", true);
    }

    private WorkflowRun promote(String starter, String image, String to) throws Exception {
        return promote(jenkins.createProject(WorkflowJob.class), starter, image, to);
    }

    private WorkflowRun promote(WorkflowJob job, String starter, String image, String to) throws Exception {
        job.setDefinition(definition(image, to));
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
    void aBuildThatNobodyStartedPromotesOnlyWhereAnAdministratorSaysSo() throws Exception {
        String image = REACHED + "/web:1";
        WorkflowRun allowed = job(image, "prod").scheduleBuild2(0).get();
        jenkins.assertLogContains(REACHED + "/v2", allowed);
        PinnaceConfiguration.get().setEnvironments(List.of(new EnvironmentConfiguration("prod", REACHED + "/prod")));
        for (Cause nobody : List.of(new TimerTrigger.TimerTriggerCause(), new SCMTrigger.SCMTriggerCause(""))) {
            WorkflowRun run = jenkins.assertBuildStatus(
                    Result.FAILURE, job(image, "prod").scheduleBuild2(0, new CauseAction(nobody)));
            jenkins.assertLogContains("nobody started this build", run);
            jenkins.assertLogNotContains(REACHED + "/v2", run);
        }
    }

    /** Approves each input in turn; the build is started by nobody, or by {@code starter}. */
    private WorkflowRun approved(String script, String starter, String... approvers) throws Exception {
        PinnaceConfiguration.get().setEnvironments(List.of(new EnvironmentConfiguration("prod", REACHED + "/prod")));
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        Cause cause = starter == null ? new TimerTrigger.TimerTriggerCause() : new Cause.UserIdCause(starter);
        WorkflowRun run = job.scheduleBuild2(0, new CauseAction(cause)).waitForStart();
        for (String approver : approvers) {
            await(() ->
                    run.getAction(InputAction.class) != null && !executions(run).isEmpty());
            try (ACLContext context = ACL.as2(User.getById(approver, true).impersonate2())) {
                executions(run).get(0).proceed(null);
            }
            await(() -> !run.isBuilding()
                    || approver.equals(approvers[approvers.length - 1])
                    || !executions(run).isEmpty());
        }
        return jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
    }

    private static List<InputStepExecution> executions(WorkflowRun run) {
        try {
            return run.getAction(InputAction.class).getExecutions();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static final String PROMOTE = "containerPromote image: '" + REACHED + "/web:1', to: 'prod'\n";

    @Test
    void whoApprovesItCounts() throws Exception {
        String script = "input 'promote?'\n" + PROMOTE;
        jenkins.assertLogContains(REACHED + "/v2", approved(script, null, "lead"));
        assertTrue(audit.getMessages().stream().anyMatch(line -> line.startsWith("lead (approved) promotes ")));
        jenkins.assertLogContains(REACHED + "/v2", approved(script, "dev", "lead"));
        assertTrue(audit.getMessages().stream()
                .anyMatch(line -> line.startsWith("lead (approved; started by dev) promotes ")));
        jenkins.assertLogContains(REACHED + "/v2", approved(script, "lead", "dev"));
        WorkflowRun refused = approved(script, null, "dev");
        jenkins.assertLogContains("dev is missing the Pinnace/Promote permission", refused);
        jenkins.assertLogNotContains(REACHED + "/v2", refused);
    }

    /** What somebody said yes to before, or says yes to in a branch beside it, is something else. */
    @Test
    void theLastApprovalCounts() throws Exception {
        String two = "input 'staging?'\ninput 'production?'\n" + PROMOTE;
        WorkflowRun refused = approved(two, null, "lead", "dev");
        jenkins.assertLogContains("dev is missing the Pinnace/Promote permission", refused);
        jenkins.assertLogContains(REACHED + "/v2", approved(two, null, "dev", "lead"));
        WorkflowRun beside = approved("parallel a: { input 'other?' }, b: { sleep 1; " + PROMOTE + " }", null, "lead");
        jenkins.assertLogContains("nobody started this build", beside);
    }

    /** Who configures a job or a folder may be able to give himself the permission there. */
    @Test
    void whoOwnsTheEnvironmentGivesThePermission() throws Exception {
        Folder folder = jenkins.createProject(Folder.class, "team");
        PinnaceFolderProperty property = new PinnaceFolderProperty();
        property.setEnvironments(List.of(new EnvironmentConfiguration("own", REACHED + "/own")));
        folder.addProperty(property);
        EnvironmentConfiguration secret = new EnvironmentConfiguration("secret", "127.0.0.1:99/secret");
        secret.setCredentialsId("some");
        PinnaceConfiguration.get()
                .setEnvironments(List.of(new EnvironmentConfiguration("prod", REACHED + "/prod"), secret));
        WorkflowJob job = folder.createProject(WorkflowJob.class, "job");
        jenkins.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ, Item.BUILD)
                .everywhere()
                .to("job-owner", "folder-owner")
                .grant(PromotePermission.PROMOTE)
                .onItems(job)
                .to("job-owner", "folder-owner")
                .grant(PromotePermission.PROMOTE)
                .onItems(folder)
                .to("folder-owner"));
        String image = REACHED + "/web:1";
        String missing = "-owner is missing the Pinnace/Promote permission on ";
        jenkins.assertLogContains("job" + missing + "Jenkins", promote(job, "job-owner", image, "prod"));
        jenkins.assertLogContains("job" + missing + "team", promote(job, "job-owner", image, "own"));
        jenkins.assertLogContains("folder" + missing + "Jenkins", promote(job, "folder-owner", image, "prod"));
        jenkins.assertLogContains(
                "folder" + missing + "Jenkins", promote(job, "folder-owner", "env:secret/web:1", "own"));
        jenkins.assertLogContains(REACHED + "/v2", promote(job, "folder-owner", image, "own"));
    }

    @Test
    void linesOfTheAuditAreNotMadeUp() throws Exception {
        User.getById("lead", true);
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(
                "containerPromote image: '" + REACHED + "/web:1', to: 'prod', "
                        + "reason: 'ok\\u0085admin promoted x\\u2028\\u009b2J\\u202e' + 'x' * 100000",
                true));
        jenkins.assertBuildStatus(
                Result.FAILURE, job.scheduleBuild2(0, new CauseAction(new Cause.UserIdCause("lead"))));
        String where = " in " + job.getFullName() + "#1, which runs as SYSTEM, reason: "
                + "ok\\u0085admin promoted x\\u2028\\u009b2J\\u202exxx";
        List<String> lines = audit.getMessages();
        assertEquals(2, lines.size());
        String begins = "lead promotes " + REACHED + "/web:1 to prod" + where;
        String ends = "not promoted: " + REACHED + "/web:1 to prod by lead" + where;
        for (String start : List.of(begins, ends)) {
            assertTrue(lines.stream().anyMatch(line -> line.startsWith(start)), lines.toString());
        }
        assertTrue(lines.stream().allMatch(line -> line.length() < 10_100));
    }

    @Test
    void whatIsConfiguredWhenTheAgentIsThereCounts() throws Exception {
        DumbSlave agent = jenkins.createOnlineSlave(Label.get("promoters"));
        jenkins.disconnectSlave(agent);
        EnvironmentConfiguration prod = prod();
        prod.setPromotionLabel("promoters");
        PinnaceConfiguration.get().setEnvironments(List.of(prod));
        WorkflowRun run = job(REACHED + "/web:1", "prod").scheduleBuild2(0).waitForStart();
        jenkins.waitForMessage("waiting for an agent", run);
        PinnaceConfiguration.get().setEnvironments(List.of());
        agent.toComputer().connect(false).get();
        jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
        jenkins.assertLogContains("unknown environment \"prod\"", run);
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

    /** Jenkins remembers ten builds that started one another. */
    @Test
    void whoStartedALongChainOfBuildsIsNotKnown() throws Exception {
        FreeStyleProject link = jenkins.createFreeStyleProject();
        Cause cause = new Cause.UserIdCause("dev");
        for (int i = 0; i < 13; i++) {
            cause = new Cause.UpstreamCause(
                    jenkins.assertBuildStatusSuccess(link.scheduleBuild2(0, new CauseAction(cause))));
        }
        WorkflowRun run = jenkins.assertBuildStatus(
                Result.FAILURE, job(REACHED + "/web:1", "prod").scheduleBuild2(0, new CauseAction(cause)));
        jenkins.assertLogContains("who started this build is not known", run);
        jenkins.assertLogNotContains(REACHED + "/v2", run);
    }

    @Test
    void oneThatIsStoppedIsAudited() throws Exception {
        try (SilentRegistry registry = new SilentRegistry()) {
            PinnaceConfiguration.get().setRegistries(List.of(new RegistryConfiguration("slow", registry.host())));
            WorkflowRun run =
                    job(registry.host() + "/web:1", "prod").scheduleBuild2(0).waitForStart();
            registry.awaitRequest();
            run.getExecutor().interrupt();
            jenkins.assertBuildStatus(Result.ABORTED, jenkins.waitForCompletion(run));
            registry.awaitEnd();
        }
        await(() -> audit.getMessages().stream().anyMatch(line -> line.contains("promotion stopped")));
    }

    @Test
    void anUnknownRegistryIsAudited() throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition("containerPromote image: 'web', registry: 'none', to: 'prod'", true));
        jenkins.assertLogContains(
                "unknown registry \"none\"", jenkins.assertBuildStatus(Result.FAILURE, job.scheduleBuild2(0)));
        assertTrue(audit.getMessages().stream().anyMatch(line -> line.contains("not promoted: web to prod")));
    }

    /** The agent is there late, and goes in the middle. */
    @Test
    void anAgentIsWaitedForAndMayComeBack() throws Exception {
        DumbSlave agent = jenkins.createOnlineSlave(Label.get("promoters"));
        jenkins.disconnectSlave(agent);
        EnvironmentConfiguration prod = prod();
        prod.setPromotionLabel("promoters");
        PinnaceConfiguration.get().setEnvironments(List.of(prod));
        try (SilentRegistry registry = new SilentRegistry()) {
            PinnaceConfiguration.get().setRegistries(List.of(new RegistryConfiguration("slow", registry.host())));
            WorkflowRun run =
                    job(registry.host() + "/web:1", "prod").scheduleBuild2(0).waitForStart();
            jenkins.waitForMessage("waiting for an agent with the promotion label \"promoters\"", run);
            agent.toComputer().connect(false).get();
            registry.awaitRequest();
            jenkins.disconnectSlave(agent);
            jenkins.waitForMessage("this step starts again when it is back", run);
            agent.toComputer().connect(false).get();
            registry.awaitRequest();
            registry.close();
            jenkins.assertBuildStatus(Result.FAILURE, jenkins.waitForCompletion(run));
            jenkins.assertLogContains(registry.host() + "/v2", run);
            assertEquals(
                    1,
                    audit.getMessages().stream()
                            .filter(line -> line.contains("promoted"))
                            .count());
        }
    }

    @Test
    void aLabelThatNoAgentHasIsToldAtOnce() throws Exception {
        EnvironmentConfiguration prod = prod();
        prod.setPromotionLabel("nobody");
        PinnaceConfiguration.get().setEnvironments(List.of(prod));
        jenkins.assertLogContains(
                "no agent has the promotion label \"nobody\"", promote("lead", REACHED + "/web:1", "prod"));
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 600 && !condition.getAsBoolean(); i++) {
            Thread.sleep(100);
        }
        assertTrue(condition.getAsBoolean());
    }
}
