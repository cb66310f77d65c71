package io.jenkins.plugins.pinnace.steps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SecretBytes;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Result;
import hudson.util.Secret;
import io.jenkins.plugins.pinnace.configuration.EnvironmentConfiguration;
import io.jenkins.plugins.pinnace.configuration.PinnaceConfiguration;
import io.jenkins.plugins.pinnace.configuration.RegistryConfiguration;
import io.jenkins.plugins.pinnace.freestyle.ContainerBuilder;
import io.jenkins.plugins.pinnace.page.ContainersAction;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.List;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.SingleFileSCM;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The steps with the real engine, into directories: no registry is needed. */
@WithJenkins
class ContainerStepsTest {
    private static final String DEFINITION = "version: 1\nbase: scratch\nartifacts: []\nplatforms: [linux/amd64]\n";

    private static WorkflowRun run(JenkinsRule jenkins, Result expected, String script) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        String whole = "node { writeFile file: 'pinnace.yaml', text: '''" + DEFINITION + "'''\n" + script + "\n}";
        job.setDefinition(new CpsFlowDefinition(whole, true));
        return jenkins.buildAndAssertStatus(expected, job);
    }

    @Test
    void aPipelineBuildsAndInspects(JenkinsRule jenkins) throws Exception {
        WorkflowRun run = run(jenkins, Result.SUCCESS, """
                containerPin files: ['pinnace.yaml']
                def first = containerBuild definition: 'pinnace.yaml', tags: ['oci:out:1'], locked: true
                def second = containerBuild definition: 'pinnace.yaml', tags: ['oci:out:2']
                if (first.digest != second.digest || first.platforms != ['linux/amd64']) { error 'differs' }
                echo "digest ${first.digest}, ${first.size} bytes, ${first.references.size()} reference"
                """);
        ContainersAction action = run.getAction(ContainersAction.class);
        assertEquals(2, action.getImages().size());
        String digest = action.getImages().get(0).digest();
        jenkins.assertLogContains("digest " + digest, run);

        JenkinsRule.WebClient browser = jenkins.createWebClient();
        String page = browser.getPage(run, "containers/").asNormalizedText();
        assertTrue(page.contains(digest.substring(0, 19)), page);
        JSONObject remote = JSONObject.fromObject(browser.goTo(run.getUrl() + "containers/api/json", "application/json")
                .getWebResponse()
                .getContentAsString());
        assertEquals(digest, remote.getJSONArray("images").getJSONObject(0).getString("digest"));
        assertFalse(run.getParent().getConfigFile().asString().contains(digest));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "containerBuild definition: 'missing.yaml'",
                "containerBuild definition: ''",
                "containerBuild definition: 'pinnace.yaml', registry: 'nowhere', tags: ['a']",
                "containerBuild definition: 'pinnace.yaml', tags: ['<b>$(id)</b>']",
                "containerBuild definition: 'pinnace.yaml', buildArgs: ['x']",
                "containerBuild definition: 'pinnace.yaml', compression: 'lzma'",
                "containerBuild definition: 'pinnace.yaml', tags: [[a: 'b']]",
                "containerBuild definition: 'pinnace.yaml', tags: ['shop/web:1']",
                "containerBuild definition: 'pinnace.yaml', tags: ['env:prod/web:1']",
                "containerBuild definition: 'pinnace.yaml', locked: [1, 2]",
                "containerBuild definition: 'pinnace.yaml', tags: 7",
                "containerBuild definition: 'pinnace.yaml', tag: 'oci:out:1'",
                "withContainer(image: [1]) { }",
                "containerPin files: []",
                "containerPin files: ['pinnace.yaml'], check: true",
                "containerInspect image: 'oci:none:1'",
                "containerInspect image: 'UPPER'",
                "containerDiff from: 'oci:none:1', to: 'oci:none:2'",
                "containerVerify image: 'oci:none:1'",
                "containerVerify image: 'oci:none:1', keys: ['missing.pub']",
                "containerSign image: 'oci:none:1', credentialsId: ''",
                "containerSign image: 'oci:none:1', credentialsId: 'nobody'",
                "containerPromote image: 'a/b', to: 'prod'",
                "containerPromote image: 'oci:out:1', to: ''"
            })
    void badInputIsOneLine(String step, JenkinsRule jenkins) throws Exception {
        WorkflowRun run = run(jenkins, Result.FAILURE, step);
        jenkins.assertLogContains("ERROR: ", run);
        jenkins.assertLogNotContains("\tat ", run);
        jenkins.assertLogNotContains("Exception", run);
    }

    @Test
    void aValueOfAnotherTypeIsToldInWordsOfJenkinsfiles(JenkinsRule jenkins) throws Exception {
        WorkflowRun run = run(jenkins, Result.FAILURE, "containerBuild definition: 'pinnace.yaml', locked: [1, 2]");
        jenkins.assertLogContains("ERROR: containerBuild: parameter locked: expected boolean, found ArrayList", run);
    }

    @Test
    void aTextForTagsIsOneTag(JenkinsRule jenkins) throws Exception {
        WorkflowRun run = run(
                jenkins,
                Result.SUCCESS,
                "containerBuild definition: 'pinnace.yaml', tags: \"oci:out:${1}\", platforms: 'linux/amd64'");
        ContainersAction action = run.getAction(ContainersAction.class);
        assertTrue(action.getImages().get(0).references().get(0).contains(":1@sha256:"));
    }

    /** Nothing goes to Docker Hub because somebody forgot the registry. */
    @Test
    void aTagWithoutARegistryIsToldAtOnce(JenkinsRule jenkins) throws Exception {
        PinnaceConfiguration.get().setRegistries(List.of(new RegistryConfiguration("ci", "127.0.0.1:9")));
        for (String parameters : List.of("tags: ['shop/web:1']", "tags: [], cacheTo: 'shop/cache'")) {
            WorkflowRun run = run(jenkins, Result.FAILURE, "containerBuild definition: 'missing.yaml', " + parameters);
            jenkins.assertLogContains("names no registry: say registry: 'NAME' (there are: ci)", run);
        }
    }

    @Test
    void aBuildDoesNotGoRoundTheRulesOfAnEnvironment(JenkinsRule jenkins) throws Exception {
        EnvironmentConfiguration prod = new EnvironmentConfiguration("prod", "registry.test/prod");
        prod.setImmutable(true);
        PinnaceConfiguration.get().setEnvironments(List.of(prod));
        for (String tag : List.of("registry.test/prod/web:1", "REGISTRY.test:443/prod/web:1", "env:prod/web:1")) {
            WorkflowRun run =
                    run(jenkins, Result.FAILURE, "containerBuild definition: 'pinnace.yaml', tags: ['" + tag + "']");
            jenkins.assertLogContains("only containerPromote writes", run);
        }
    }

    @Test
    void theModesOfTheContextReachTheEngine(JenkinsRule jenkins) throws Exception {
        WorkflowRun run =
                run(jenkins, Result.FAILURE, "containerBuild definition: 'pinnace.yaml', contextModes: 'some'");
        jenkins.assertLogContains("contextModes: expected one of \"normalize\", \"keep\"", run);
    }

    @Test
    void branchesSayWhichImageTheySpeakOf(JenkinsRule jenkins) throws Exception {
        WorkflowRun run = run(jenkins, Result.SUCCESS, """
                parallel web: { containerPin files: ['pinnace.yaml'] },
                    proxy: { containerPin files: ['pinnace.yaml'], update: true }
                """);
        jenkins.assertLogContains("pinnace.yaml: pinnace.lock.json: ", run);
    }

    @Test
    void freestyleProjectsKeepTheFormAndReplaceVariables(JenkinsRule jenkins) throws Exception {
        ContainerBuildStep step = new ContainerBuildStep("pinnace.yaml");
        step.setTags(List.of("oci:out:$BUILD_NUMBER", "oci:out:latest"));
        step.setLabels(List.of("a=b"));
        step.setSourceDateEpoch(7L);
        step.setContextModes("keep");
        ContainerBuilder builder = roundtrip(jenkins, step);
        roundtrip(jenkins, new ContainerPinStep(List.of("a/pinnace.yaml", "b/pinnace.yaml")));
        roundtrip(jenkins, new ContainerInspectStep("oci:out:1"));
        ContainerPromoteStep promote = new ContainerPromoteStep("env:test/web:1", "prod");
        promote.setTag("2");
        promote.setAs("shop/web");
        promote.setRepair(true);
        roundtrip(jenkins, promote);

        FreeStyleProject project = jenkins.createFreeStyleProject();
        project.setScm(new SingleFileSCM("pinnace.yaml", DEFINITION));
        project.getBuildersList().add(builder);
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(project);
        ContainersAction action = build.getAction(ContainersAction.class);
        assertTrue(action.getImages().get(0).references().get(0).contains(":1@sha256:"));
    }

    @Test
    void formsOfSigningAndComparingKeepWhatTheyAreGiven(JenkinsRule jenkins) throws Exception {
        keep(text("password", "secret"));
        ContainerBuildStep build = new ContainerBuildStep("pinnace.yaml");
        build.setSbom(false);
        build.setChanges(false);
        roundtrip(jenkins, build);
        ContainerVerifyStep verify = new ContainerVerifyStep("oci:out:1");
        verify.setKeys(List.of("a.pub", "b.pub"));
        verify.setNeed("any");
        verify.setReturnResult(true);
        roundtrip(jenkins, verify);
        ContainerSignStep sign = new ContainerSignStep("oci:out:1", "password");
        sign.setPasswordCredentialsId("password");
        sign.setFormat("tag");
        sign.setRecursive(true);
        roundtrip(jenkins, sign);
        ContainerDiffStep diff = new ContainerDiffStep("oci:out:1", "oci:out:2");
        diff.setPlatform("linux/amd64");
        diff.setReport("html");
        roundtrip(jenkins, diff);
    }

    @Test
    void aPipelineSignsAndVerifies(JenkinsRule jenkins) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        String secret = pem("PRIVATE KEY", pair.getPrivate().getEncoded());
        keep(text("key", secret));
        keep(new FileCredentialsImpl(
                CredentialsScope.GLOBAL,
                "file",
                "",
                "key.pem",
                SecretBytes.fromBytes(secret.getBytes(StandardCharsets.UTF_8))));
        keep(text("other", "no key"));
        String publicKey = pem("PUBLIC KEY", pair.getPublic().getEncoded());
        WorkflowRun run =
                run(jenkins, Result.SUCCESS, "writeFile file: 'key.pub', text: '''" + publicKey + "'''\n" + """
                def web = containerBuild definition: 'pinnace.yaml', tags: ['oci:out:1']
                def before = containerVerify image: 'oci:out:1', keys: 'key.pub', returnResult: true
                def signed = containerSign image: 'oci:out:1', credentialsId: 'key'
                def again = containerSign image: 'oci:out:1', credentialsId: 'file'
                def after = containerVerify image: 'oci:out:1', keys: ['key.pub']
                echo "before ${before.verified} ${before.reasons.size()}, after ${after.verified} ${after.reasons.size()}"
                echo "same ${signed.digest == web.digest && after.digest == web.digest}, ${signed.signatures.size()}"
                """);
        jenkins.assertLogContains("before false 1, after true 0", run);
        jenkins.assertLogContains("same true, 1", run);
        jenkins.assertLogNotContains("PRIVATE", run);
        run = run(jenkins, Result.FAILURE, "writeFile file: 'key.pub', text: '''" + publicKey + "'''\n" + """
                containerBuild definition: 'pinnace.yaml', tags: ['oci:out:1']
                containerVerify image: 'oci:out:1', keys: 'key.pub'
                """);
        jenkins.assertLogContains("not verified: ", run);
        jenkins.assertLogContains("is not verified: 1 reason, above", run);
        for (String bad : List.of(
                "containerSign image: 'oci:out:1', credentialsId: 'other'",
                "containerVerify image: 'oci:out:1', keys: ['pinnace.yaml']")) {
            run = run(
                    jenkins, Result.FAILURE, "containerBuild definition: 'pinnace.yaml', tags: ['oci:out:1']\n" + bad);
            jenkins.assertLogContains("ERROR: ", run);
            jenkins.assertLogNotContains("no key", run);
        }
    }

    @Test
    void aBuildSaysWhatChangedSinceTheLastOne(JenkinsRule jenkins) throws Exception {
        WorkflowJob job = jenkins.createProject(WorkflowJob.class);
        String whole = "node { writeFile file: 'pinnace.yaml', text: '''" + DEFINITION + "'''\n" + """
                def web = containerBuild definition: 'pinnace.yaml', tags: ["oci:out:${BUILD_NUMBER}"],
                  labels: ["number=${BUILD_NUMBER}"]
                echo "packages ${web.packages}, changes ${web.changes}"
                if (web.changes) {
                  def diff = containerDiff from: 'oci:out:1', to: 'oci:out:2', report: 'markdown'
                  echo "settings ${diff.settings}, same ${diff.same}, ${diff.report.length() > 20}"
                }
                }""";
        job.setDefinition(new CpsFlowDefinition(whole, true));
        WorkflowRun first = jenkins.buildAndAssertSuccess(job);
        jenkins.assertLogContains("packages 0, changes null", first);
        assertEquals(List.of(), first.getAction(ContainersAction.class).getChanges());
        WorkflowRun second = jenkins.buildAndAssertSuccess(job);
        jenkins.assertLogContains("packages 0, changes 1 setting", second);
        jenkins.assertLogContains("since #1: 1 setting", second);
        jenkins.assertLogContains("settings 1, same false, true", second);
        assertEquals(2, second.getAction(ContainersAction.class).getChanges().size());
        String page = jenkins.createWebClient().getPage(second, "containers/").asNormalizedText();
        assertTrue(page.contains("1 setting"), page);
        jenkins.jenkins.getWorkspaceFor(job).child("out").deleteRecursive();
        jenkins.assertLogContains("is not known: ", jenkins.buildAndAssertSuccess(job));
    }

    private static String pem(String type, byte[] bytes) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
    }

    private static StringCredentialsImpl text(String id, String secret) {
        return new StringCredentialsImpl(CredentialsScope.GLOBAL, id, "", Secret.fromString(secret));
    }

    private static void keep(Credentials credentials) throws IOException {
        SystemCredentialsProvider.getInstance().getCredentials().add(credentials);
    }

    /** What a form with a step has when it was shown and sent. */
    private static ContainerBuilder roundtrip(JenkinsRule jenkins, ContainerStep step) throws Exception {
        ContainerBuilder builder = new ContainerBuilder(step);
        assertEquals(
                step.getDescriptor().getDisplayName(), builder.getDescriptor().getDisplayName());
        ContainerBuilder sent = jenkins.configRoundtrip(builder);
        assertEquals(step.getClass(), sent.getStep().getClass());
        jenkins.assertEqualDataBoundBeans(step, sent.getStep());
        return sent;
    }

    /** Files of projects are older than the one builder for all steps, and are written by hand. */
    @Test
    void projectsWithFormerNamesAreRead(JenkinsRule jenkins) throws Exception {
        String xml = "<project><builders>";
        for (String name : List.of("Build", "Inspect", "Pin", "Promote")) {
            String type = "io.jenkins.plugins.pinnace.freestyle.Container" + name + "Builder";
            xml += "<" + type + "><step class='io.jenkins.plugins.pinnace.steps.Container" + name + "Step'/></" + type
                    + ">";
        }
        xml += "<io.jenkins.plugins.pinnace.freestyle.ContainerBuilder/></builders></project>";
        FreeStyleProject project = (FreeStyleProject) jenkins.jenkins.createProjectFromXML(
                "former", new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
        List<ContainerBuilder> builders = project.getBuildersList().getAll(ContainerBuilder.class);
        assertEquals(
                List.of("containerBuild", "containerInspect", "containerPin", "containerPromote"),
                builders.stream()
                        .map(builder -> builder.getStep().getDescriptor().getFunctionName())
                        .toList());
        jenkins.configRoundtrip(project);
    }
}
