package io.jenkins.plugins.pinnace.configuration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.AbortException;
import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.TaskListener;
import io.jenkins.plugins.pinnace.engine.RegistryAccess;
import java.util.List;
import net.sf.json.JSONObject;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Who configures a folder has no say in the environments of others. */
@WithJenkins
class PromotionAccessTest {
    private static EnvironmentConfiguration environment(String name, String repository, String from) {
        EnvironmentConfiguration environment = new EnvironmentConfiguration(name, repository);
        environment.setFrom(from);
        return environment;
    }

    /** A build in a folder that has these environments; production is configured in Jenkins. */
    private static FreeStyleBuild build(JenkinsRule jenkins, EnvironmentConfiguration... ofFolder) throws Exception {
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new UsernamePasswordCredentialsImpl(
                        CredentialsScope.SYSTEM, "prod-registry", null, "promoter", "secret-of-production"));
        EnvironmentConfiguration prod = environment("prod", "registry.prod/shop", "staging");
        prod.setCredentialsId("prod-registry");
        PinnaceConfiguration.get()
                .setEnvironments(List.of(environment("staging", "registry.staging/shop", null), prod));
        Folder folder = jenkins.createProject(Folder.class, "folder");
        PinnaceFolderProperty property = new PinnaceFolderProperty();
        property.setEnvironments(List.of(ofFolder));
        folder.addProperty(property);
        return jenkins.buildAndAssertSuccess(folder.createProject(FreeStyleProject.class, "job"));
    }

    private static RegistryAccess access(FreeStyleBuild build, String environment, String image) throws AbortException {
        return new PromotionAccess(build, environment, TaskListener.NULL).access(image);
    }

    @Test
    void aFolderDoesNotChangeWhatARuleMeans(JenkinsRule jenkins) throws Exception {
        FreeStyleBuild build = build(
                jenkins,
                environment("staging", "registry.folder/anything", null),
                environment("own", "registry.folder/own", "staging"));
        RegistryAccess prod = access(build, "prod", "env:staging/web:1");
        assertEquals("registry.staging/shop", repository(prod, "staging"));
        assertEquals(1, prod.logins().size());

        assertEquals("registry.folder/anything", repository(access(build, "own", "env:staging/web:1"), "staging"));
    }

    private static String repository(RegistryAccess access, String environment) {
        return JSONObject.fromObject(access.environments())
                .getJSONObject(environment)
                .getString("repository");
    }

    @Test
    void aFolderDoesNotWriteWithTheCredentialsOfOthers(JenkinsRule jenkins) throws Exception {
        FreeStyleBuild build = build(
                jenkins,
                environment("dev", "registry.folder/dev", null),
                environment("same", "registry.prod/shop", "dev prod"),
                environment("below", "registry.prod/shop/web", "dev prod"),
                environment("above", "registry.prod/sh", "dev prod"),
                environment("around", "registry.prod/shop", "dev"));
        for (String name : List.of("same", "below")) {
            String refused = assertThrows(AbortException.class, () -> access(build, name, "env:dev/web:1"), name)
                    .getMessage();
            assertTrue(refused.contains("overlap"), refused);
        }
        assertThrows(AbortException.class, () -> access(build, "around", "env:prod/web:1"));
        assertTrue(access(build, "around", "env:dev/web:1").logins().isEmpty());
        assertEquals(1, access(build, "above", "env:dev/web:1").logins().size(), "another repository");
    }
}
