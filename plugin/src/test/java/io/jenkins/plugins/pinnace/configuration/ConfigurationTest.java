package io.jenkins.plugins.pinnace.configuration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.AbortException;
import hudson.util.FormValidation;
import io.jenkins.plugins.casc.ConfigurationAsCode;
import io.jenkins.plugins.casc.ConfigurationContext;
import io.jenkins.plugins.casc.ConfiguratorRegistry;
import io.jenkins.plugins.casc.misc.Util;
import io.jenkins.plugins.pinnace.engine.EngineKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.sf.json.JSONObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** What is configured, where it counts, and how it is stored. */
@WithJenkins
class ConfigurationTest {
    private static void configure() {
        RegistryConfiguration ci = new RegistryConfiguration("ci", "https://registry.test:5000/");
        ci.setCredentialsId("ci-registry");
        ci.setMirror("mirror.test/hub");
        ci.setPlainHttp(true);
        EnvironmentConfiguration prod = new EnvironmentConfiguration("prod", "registry.prod/shop");
        prod.setCredentialsId("prod-registry");
        prod.setImmutable(true);
        prod.setFrom("test, staging");
        prod.setPromotionLabel("promoters");
        PinnaceConfiguration configuration = PinnaceConfiguration.get();
        configuration.setEngine(EngineKind.JNI);
        configuration.setRegistries(List.of(ci));
        configuration.setEnvironments(List.of(prod));
    }

    private static String exported() throws Exception {
        ConfigurationContext context = new ConfigurationContext(ConfiguratorRegistry.get());
        return Util.toYamlString(Util.getUnclassifiedRoot(context).get("pinnace"));
    }

    @Test
    void exportAndImportAreTheSame(JenkinsRule jenkins, @TempDir Path directory) throws Exception {
        configure();
        String before = exported();
        assertTrue(before.contains("prod-registry"), before);
        PinnaceConfiguration.get().setRegistries(List.of());
        PinnaceConfiguration.get().setEnvironments(List.of());
        PinnaceConfiguration.get().setEngine(EngineKind.PROCESS);
        String file = "unclassified:\n  pinnace:\n" + before.indent(4);
        ConfigurationAsCode.get()
                .configure(Files.writeString(directory.resolve("jenkins.yaml"), file)
                        .toString());
        assertEquals(before, exported());
    }

    @Test
    void theFormKeepsEverything(JenkinsRule jenkins) throws Exception {
        configure();
        String before = exported();
        jenkins.configRoundtrip();
        assertEquals(before, exported());
    }

    @Test
    void theNearestFolderWins(JenkinsRule jenkins) throws Exception {
        configure();
        Folder outer = jenkins.createProject(Folder.class, "outer");
        Folder inner = outer.createProject(Folder.class, "inner");
        PinnaceFolderProperty property = new PinnaceFolderProperty();
        property.setRegistries(List.of(new RegistryConfiguration("ci", "registry.outer")));
        outer.addProperty(property);
        PinnaceFolderProperty nearer = new PinnaceFolderProperty();
        nearer.setEnvironments(List.of(new EnvironmentConfiguration("prod", "registry.inner/shop")));
        inner.addProperty(nearer);

        EffectiveConfiguration global = EffectiveConfiguration.in(jenkins.jenkins);
        EffectiveConfiguration within = EffectiveConfiguration.in(inner);
        assertEquals("registry.test:5000", global.registry("ci").prefix());
        assertEquals("registry.outer", within.registry("ci").prefix());
        assertEquals("registry.prod/shop", global.environment("prod").entry().prefix());
        assertEquals("registry.inner/shop", within.environment("prod").entry().prefix());
        assertEquals(inner, within.environment("prod").owner());
        jenkins.configRoundtrip(inner);
        assertEquals(
                "registry.inner/shop",
                EffectiveConfiguration.in(inner).environment("prod").entry().prefix());
    }

    @Test
    void theEnvironmentsFileSaysWhatIsConfigured(JenkinsRule jenkins) throws Exception {
        configure();
        JSONObject file =
                JSONObject.fromObject(EffectiveConfiguration.in(jenkins.jenkins).environmentsFile());
        JSONObject prod = file.getJSONObject("prod");
        assertEquals("registry.prod/shop", prod.getString("repository"));
        assertTrue(prod.getBoolean("immutable"));
        assertEquals(List.of("test", "staging"), prod.getJSONObject("admits").getJSONArray("from"));
    }

    @Test
    void whatNoFormHasCheckedIsRefused(JenkinsRule jenkins) {
        for (String repository : List.of("oci:/var/jenkins_home", "host", "host/UPPER", "")) {
            PinnaceConfiguration.get().setEnvironments(List.of(new EnvironmentConfiguration("prod", repository)));
            EffectiveConfiguration configuration = EffectiveConfiguration.in(jenkins.jenkins);
            assertThrows(AbortException.class, () -> configuration.environment("prod"), repository);
            assertThrows(AbortException.class, configuration::environmentsFile, repository);
        }
    }

    @Test
    void certificatesAreLookedAt(JenkinsRule jenkins) throws Exception {
        assertEquals(FormValidation.Kind.OK, Certificates.check(" ").kind);
        assertEquals(FormValidation.Kind.ERROR, Certificates.check("no certificate").kind);
        String plain =
                Files.readString(jenkins.jenkins.getRootDir().toPath().resolve("config.xml"), StandardCharsets.UTF_8);
        assertFalse(plain.isEmpty());
        assertEquals(FormValidation.Kind.ERROR, Certificates.check(plain).kind);
    }
}
