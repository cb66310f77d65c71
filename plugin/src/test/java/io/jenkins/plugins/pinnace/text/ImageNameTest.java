package io.jenkins.plugins.pinnace.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageNameTest {
    /** The core's test reads the table, too. */
    private static List<String> table() throws IOException {
        Path file = Path.of(System.getProperty("basedir")).resolveSibling("tests/names/images.txt");
        return Files.readAllLines(file).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }

    @Test
    void leadsWhereTheTableSays() throws IOException {
        int good = 0;
        for (String line : table()) {
            String kind = line.replaceFirst(" .*", "");
            String name = line.substring(Math.min(line.length(), kind.length() + 1));
            ImageName read = ImageName.of(name);
            assertEquals(name, read.beginning() + read.rest());
            if (!kind.equals("bad")) { // the core says so of what it is asked to read
                assertEquals(kind, read.kind().name().toLowerCase(Locale.ROOT), name);
                good++;
            }
        }
        assertTrue(good > 20);
    }

    @ParameterizedTest
    @CsvSource({
        "oci:out, true",
        "oci:/out:1, true",
        "oci:, false",
        "oci::1, false",
        "oci-archive:, false",
        "oci:@x, false"
    })
    void onlyWithAPathIsItSomewhereInTheWorkspace(String name, boolean hasPath) {
        assertEquals(hasPath, ImageName.of(name).hasPath());
    }

    @ParameterizedTest
    @CsvSource({
        "web:1, docker.io/library/web:1",
        "library/web:1, docker.io/library/web:1",
        "docker://web, docker.io/library/web",
        "team/app:1, docker.io/team/app:1",
        "index.docker.io/team/app:1, docker.io/team/app:1",
        "index.docker.io/web:1, docker.io/library/web:1",
        "docker.io/web, docker.io/library/web",
        "localhost/web, localhost/web",
        "host:5000/web:1, host:5000/web:1",
        "[::1]/web, '[::1]/web'",
        "HOST/web, HOST/web",
        "host.test/web, host.test/web",
        "web:1.2, docker.io/library/web:1.2"
    })
    void dockerHubIsWhereThereIsNoHost(String name, String completed) {
        assertEquals(completed, ImageName.of(name).completed());
    }

    /** It would be one on the agent, once "docker://" is taken away. */
    @Test
    void aFileIsInNoRegistry() {
        assertEquals(
                ImageName.Kind.UNSUPPORTED, ImageName.of("docker://oci:d/x").kind());
        assertEquals(
                ImageName.Kind.UNSUPPORTED, ImageName.of("docker://env:prod/x").kind());
    }

    @Test
    void saysWhichEnvironment() {
        assertEquals("prod", ImageName.of("env:prod/shop/web:1").environment());
        assertEquals("prod", ImageName.of("env:prod").environment());
    }
}
