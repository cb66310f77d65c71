package io.jenkins.plugins.pinnace.configuration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.AbortException;
import hudson.ExtensionList;
import hudson.XmlFile;
import hudson.model.Descriptor;
import hudson.model.FreeStyleBuild;
import hudson.model.Saveable;
import hudson.model.TaskListener;
import hudson.model.listeners.SaveableListener;
import hudson.util.FormValidation;
import hudson.util.StreamTaskListener;
import io.jenkins.plugins.casc.ConfigurationAsCode;
import io.jenkins.plugins.casc.ConfigurationContext;
import io.jenkins.plugins.casc.ConfiguratorRegistry;
import io.jenkins.plugins.casc.misc.Util;
import io.jenkins.plugins.pinnace.SilentRegistry;
import io.jenkins.plugins.pinnace.engine.EngineKind;
import io.jenkins.plugins.pinnace.engine.RegistryAccess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import jenkins.model.Jenkins;
import net.sf.json.JSONObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.kohsuke.stapler.Stapler;

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
        configuration.setEnvironments(List.of(
                new EnvironmentConfiguration("test", "registry.test:5000/shop"),
                new EnvironmentConfiguration("staging", "registry.staging/shop"),
                prod));
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
        EffectiveConfiguration effective = EffectiveConfiguration.in(jenkins.jenkins);
        EnvironmentConfiguration target = effective.environment("prod").entry();
        JSONObject prod =
                JSONObject.fromObject(effective.environmentsFile(target)).getJSONObject("prod");
        assertEquals("registry.prod/shop", prod.getString("repository"));
        assertTrue(prod.getBoolean("immutable"));
        assertEquals(List.of("test", "staging"), prod.getJSONObject("admits").getJSONArray("from"));
    }

    @Test
    void whatNoFormHasCheckedIsRefused(JenkinsRule jenkins) throws Exception {
        for (String repository : List.of("oci:/var/jenkins_home", "host.example", "host/shop", "docker.io/shop", "")) {
            PinnaceConfiguration.get().setEnvironments(List.of(new EnvironmentConfiguration("prod", repository)));
            EffectiveConfiguration configuration = EffectiveConfiguration.in(jenkins.jenkins);
            assertThrows(AbortException.class, () -> configuration.environment("prod"), repository);
            assertNull(configuration.environmentsFile(null), repository);
        }
    }

    @Test
    void anEntryThatIsWrongFailsAlone(JenkinsRule jenkins) throws Exception {
        configure();
        RegistryConfiguration mirrored = new RegistryConfiguration("mirrored", "registry.example");
        mirrored.setMirror("hub");
        EnvironmentConfiguration typo = new EnvironmentConfiguration("typo", "registry.typo/shop");
        typo.setFrom("tets");
        PinnaceConfiguration global = PinnaceConfiguration.get();
        global.setRegistries(List.of(
                new RegistryConfiguration("hub", "https://index.docker.io/v1/"),
                mirrored,
                global.getRegistries().get(0)));
        List<EnvironmentConfiguration> environments = new ArrayList<>(global.getEnvironments());
        environments.add(0, typo);
        environments.add(0, new EnvironmentConfiguration("short", "shop"));
        global.setEnvironments(environments);
        FreeStyleBuild build = jenkins.buildAndAssertSuccess(jenkins.createFreeStyleProject());
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        BuildAccess access = new BuildAccess(build, new StreamTaskListener(log, StandardCharsets.UTF_8));

        for (String name : List.of("hub", "mirrored")) {
            assertFailure(() -> access.access(name), "registry \"" + name + "\": ");
            assertFailure(() -> access.fullName("web", name), "registry \"" + name + "\": ");
        }
        assertFailure(() -> access.fullName("env:short/web:1", null), "environment \"short\": repository \"shop\"");
        assertFailure(
                () -> new PromotionAccess(build, "typo", TaskListener.NULL).access("env:test/web:1"),
                "environment \"typo\": it admits from \"tets\"");
        assertEquals("registry.test:5000/web", access.fullName("web", "ci"));
        assertEquals("docker-daemon:web:1", access.fullName("docker-daemon:web:1", "ci"));
        List<RegistryAccess.Registry> used = access.access(null).registries();
        assertEquals(
                List.of("registry.test:5000"),
                used.stream().map(RegistryAccess.Registry::host).toList());
        assertTrue(log.toString(StandardCharsets.UTF_8).contains("warning: not used: registry \"hub\": "));
        String file = new PromotionAccess(build, "test", TaskListener.NULL)
                .access("registry.test:5000/dev/web:1")
                .environments();
        assertEquals(
                Set.of("version", "typo", "test", "staging", "prod"),
                JSONObject.fromObject(file).keySet());
    }

    private static void assertFailure(Executable executable, String start) {
        String message = assertThrows(AbortException.class, executable).getMessage();
        assertTrue(message.startsWith(start), message);
    }

    @Test
    void formsAreCheckedByTheSameRules(JenkinsRule jenkins) {
        configure();
        RegistryConfiguration.DescriptorImpl registry =
                jenkins.jenkins.getDescriptorByType(RegistryConfiguration.DescriptorImpl.class);
        EnvironmentConfiguration.DescriptorImpl environment =
                jenkins.jenkins.getDescriptorByType(EnvironmentConfiguration.DescriptorImpl.class);
        assertEquals(FormValidation.Kind.OK, registry.doCheckUrl(null, "https://docker.io/").kind);
        assertEquals(FormValidation.Kind.ERROR, registry.doCheckUrl(null, "https://index.docker.io/v1/").kind);
        assertEquals(FormValidation.Kind.ERROR, registry.doCheckUrl(null, "https://host/").kind);
        assertEquals(FormValidation.Kind.OK, registry.doCheckMirror(null, "").kind);
        assertEquals(FormValidation.Kind.ERROR, registry.doCheckMirror(null, "hub").kind);
        assertEquals(FormValidation.Kind.ERROR, environment.doCheckName(null, "version").kind);
        assertEquals(FormValidation.Kind.ERROR, environment.doCheckRepository(null, "docker.io/shop").kind);
        assertEquals(FormValidation.Kind.OK, environment.doCheckFrom(null, "test, staging", "prod").kind);
        assertEquals(FormValidation.Kind.WARNING, environment.doCheckFrom(null, "test tets", "prod").kind);
        assertEquals(FormValidation.Kind.ERROR, environment.doCheckFrom(null, "test prod", "prod").kind);
    }

    /** Job DSL, the remote API and people write XML by hand. */
    @Test
    void elementsThatAreMissingInXmlAreToldOf(JenkinsRule jenkins) throws Exception {
        String name = PinnaceFolderProperty.class.getName();
        String registry = RegistryConfiguration.class.getName();
        String environment = EnvironmentConfiguration.class.getName();
        for (String content : List.of(
                "",
                "<registries><null/></registries>",
                "<registries><" + registry + "/></registries><environments><" + environment + "/></environments>",
                "<registries><" + registry + "><name>ci</name></" + registry + "></registries>",
                "<environments><" + environment + "><name>prod</name></" + environment + "></environments>")) {
            Folder folder = jenkins.createProject(Folder.class);
            folder.addProperty(
                    (PinnaceFolderProperty) Jenkins.XSTREAM2.fromXML("<" + name + ">" + content + "</" + name + ">"));
            EffectiveConfiguration effective = EffectiveConfiguration.in(folder);
            assertEquals(List.of(), effective.registries(), content);
            assertEquals(List.of(), effective.environments(), content);
            assertEquals(
                    content.contains(registry) ? 1 : 0,
                    effective.problemsOfRegistries().size(),
                    content);
            jenkins.configRoundtrip(folder);
        }
    }

    @Test
    @Timeout(120)
    void aRegistryThatDoesNotAnswerIsGivenUpSoon(JenkinsRule jenkins) throws Exception {
        try (SilentRegistry registry = new SilentRegistry()) {
            FormValidation result = jenkins.jenkins
                    .getDescriptorByType(RegistryConfiguration.DescriptorImpl.class)
                    .doTestConnection(null, registry.host(), null, null, true);
            assertEquals(FormValidation.Kind.ERROR, result.kind);
            assertTrue(result.getMessage().contains(registry.host()), result.getMessage());
        }
    }

    /** What is on the disk whenever the configuration is saved. */
    @TestExtension({"theFormIsSavedWhole", "aFormThatIsWrongChangesNothing"})
    public static final class Saved extends SaveableListener {
        private final List<String> files = new CopyOnWriteArrayList<>();

        @Override
        public void onChange(Saveable saved, XmlFile file) {
            if (saved instanceof PinnaceConfiguration) {
                try {
                    files.add(file.asString());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        static List<String> files() {
            return ExtensionList.lookupSingleton(Saved.class).files;
        }
    }

    @Test
    void theFormIsSavedWhole(JenkinsRule jenkins) throws Exception {
        configure();
        Saved.files().clear();
        jenkins.configRoundtrip();
        assertEquals(1, Saved.files().size());
        assertTrue(Saved.files().get(0).contains("registry.test:5000"));
    }

    @Test
    void aFormThatIsWrongChangesNothing(JenkinsRule jenkins) throws Exception {
        configure();
        String before = exported();
        Saved.files().clear();
        for (String wrong : List.of(
                "{engine: 'PROCESS', registries: {name: 'a', url: 'host'}}",
                "{engine: 'PROCESS', registries: [{name: 'a', url: 'a.example'}, {name: 'a', url: 'b.example'}]}",
                "{engine: 'PROCESS', environments: {name: 'a', repository: 'docker.io/shop'}}")) {
            jenkins.executeOnServer(() -> assertThrows(
                    Descriptor.FormException.class,
                    () -> PinnaceConfiguration.get()
                            .configure(Stapler.getCurrentRequest2(), JSONObject.fromObject(wrong)),
                    wrong));
        }
        assertEquals(before, exported());
        assertEquals(List.of(), Saved.files());
    }

    /** The form keeps what was typed, and nothing comes into such an environment. */
    @Test
    void aWrongSourceIsKept(JenkinsRule jenkins) throws Exception {
        String typed = "{engine: 'PROCESS', environments: {name: 'a', repository: 'a.example/shop', from: 'tset'}}";
        jenkins.executeOnServer(
                () -> PinnaceConfiguration.get().configure(Stapler.getCurrentRequest2(), JSONObject.fromObject(typed)));
        EnvironmentConfiguration kept =
                PinnaceConfiguration.get().getEnvironments().get(0);
        assertEquals("tset", kept.getFrom());
        assertFailure(
                () -> EffectiveConfiguration.in(jenkins.jenkins).environmentsFile(kept),
                "environment \"a\": it admits from \"tset\"");
    }

    /** A folder says how its own path is reached; other paths stay reachable as before. */
    @Test
    void aFolderDoesNotTakeAwayOtherPaths(JenkinsRule jenkins) throws Exception {
        RegistryConfiguration global = new RegistryConfiguration("ci", "registry.test");
        global.setCredentialsId("global");
        PinnaceConfiguration.get().setRegistries(List.of(global));
        Folder folder = jenkins.createProject(Folder.class, "folder");
        PinnaceFolderProperty property = new PinnaceFolderProperty();
        RegistryConfiguration own = new RegistryConfiguration("ci", "registry.test/team");
        own.setCredentialsId("own");
        property.setRegistries(List.of(own));
        folder.addProperty(property);
        EffectiveConfiguration within = EffectiveConfiguration.in(folder);
        assertEquals("registry.test/team", within.registry("ci").prefix());
        assertEquals(
                List.of("own", "global"),
                within.registries().stream()
                        .map(RegistryConfiguration::getCredentialsId)
                        .toList());

        RegistryConfiguration anonymous = new RegistryConfiguration("ci", "https://registry.test/");
        property.setRegistries(List.of(anonymous));
        assertEquals(
                List.of(anonymous), EffectiveConfiguration.in(folder).registries(), "the same place is what it says");
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
