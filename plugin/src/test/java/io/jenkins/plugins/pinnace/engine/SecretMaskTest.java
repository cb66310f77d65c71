package io.jenkins.plugins.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import hudson.util.StreamTaskListener;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class SecretMaskTest {
    private static final String SECRET = "s3cr\"et+/ü";
    private final SecretMask mask = SecretMask.of(List.of(new RegistryLogin("host", "ci", SECRET)));

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void hidesASecretHoweverItIsWritten() {
        assertEquals("a **** b", mask.apply("a " + SECRET + " b"));
        assertEquals("Basic ****", mask.apply("Basic " + base64("ci:" + SECRET)));
        assertEquals("****", mask.apply(base64(SECRET)));
        assertEquals("?p=****", mask.apply("?p=s3cr%22et%2B%2F%C3%BC"));
        assertEquals("{\"p\":\"****\"}", mask.apply("{\"p\":\"s3cr\\\"et+/ü\"}"));
    }

    @Test
    void leavesTheRest() {
        assertEquals("pushed host/web", mask.apply("pushed host/web"));
        assertEquals("a b", SecretMask.of(List.of()).apply("a b"));
        assertEquals(
                "abc",
                SecretMask.of(List.of(new RegistryLogin("host", "u", "b"))).apply("abc"));
    }

    @Test
    void hidesTheLongerOfTwo() {
        SecretMask both = SecretMask.of(
                List.of(new RegistryLogin("a", "u", "secret"), new RegistryLogin("b", "u", "secret-and-more")));
        assertEquals("****", both.apply("secret-and-more"));
    }

    @Test
    void hidesItInALog() {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        PrintStream out =
                mask.apply(new StreamTaskListener(log, StandardCharsets.UTF_8)).getLogger();
        out.print("half " + SECRET.substring(0, 3));
        out.println(SECRET.substring(3) + " line");
        out.flush();
        assertEquals("half **** line", log.toString(StandardCharsets.UTF_8).strip());
        assertFalse(log.toString(StandardCharsets.UTF_8).contains(SECRET));
    }
}
