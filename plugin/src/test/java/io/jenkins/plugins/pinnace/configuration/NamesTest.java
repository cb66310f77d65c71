package io.jenkins.plugins.pinnace.configuration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jenkins.plugins.pinnace.engine.RegistryLogin;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker.io",
                "localhost:5000",
                "registry.example/prod/shop",
                "[::1]:5000/a",
                "10.0.0.1:5000/a-b/c_d"
            })
    void arePlaces(String prefix) {
        assertTrue(Names.isPrefix(prefix));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "host/",
                "host//a",
                "host/UPPER",
                "host:port",
                "oci:dir",
                "host/a:tag",
                "host/../a",
                "user@host",
                "host/a b",
                "host\n",
                "$(id)"
            })
    void areNone(String prefix) {
        assertFalse(Names.isPrefix(prefix));
    }

    @Test
    void schemesDoNotMatter() {
        assertEquals("host:5000/a", Names.withoutScheme(" https://host:5000/a/ "));
        assertEquals("host", Names.host("host/a/b"));
    }

    @Test
    void belowIsNotBeside() {
        assertTrue(Names.isBelow("host/prod/web:1", "host/prod"));
        assertFalse(Names.isBelow("host/production/web:1", "host/prod"));
        assertFalse(Names.isBelow("host/prod", "host/prod"));
        assertFalse(Names.isBelow("host.evil/prod/web", "host"));
    }

    @Test
    void tokensAreUserAndPasswordOrThemselves() {
        String pair = Base64.getEncoder().encodeToString("ci:pa:ss".getBytes(StandardCharsets.UTF_8));
        assertEquals(new RegistryLogin("host", "ci", "pa:ss"), Logins.login("host", pair));
        assertEquals(new RegistryLogin("host", null, "ey.J.x"), Logins.login("host", "ey.J.x"));
        assertFalse(Logins.login("host", pair).toString().contains("pa:ss"));
    }
}
