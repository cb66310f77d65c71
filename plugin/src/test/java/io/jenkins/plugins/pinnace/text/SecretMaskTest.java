package io.jenkins.plugins.pinnace.text;

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
    private final SecretMask mask = of(SECRET);

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

    private static SecretMask of(String password) {
        return SecretMask.of(List.of(password), List.of("ci:" + password));
    }

    @Test
    void hidesWhatUrlsAndJsonMakeOfIt() {
        SecretMask spaced = of("pass word/\u00fc\ud83d\ude00");
        for (String form : List.of(
                "pass+word%2F%C3%BC%F0%9F%98%80",
                "pass%20word/%c3%bc%f0%9f%98%80",
                "pass word\\/\\u00fc\\ud83d\\ude00",
                "pass\\u0020word\\u002F\\u00FC\\uD83D\\uDE00")) {
            assertEquals("a **** b", spaced.apply("a " + form + " b"));
        }
        assertEquals("****", of("a?~b?~c?~").apply("YT9-Yj9-Yz9-"));
    }

    @Test
    void hidesWhatHtmlAndHexadecimalDigitsMakeOfIt() {
        SecretMask mask = of("ci-pass word&<\"'");
        for (String form : List.of(
                "ci-pass word&amp;&lt;&quot;&apos;",
                "ci-pass word&#38;&#60;&#34;&#39;",
                "ci-pass word&#x26;&#X3C;&#034;&#x0027;",
                "&#99;i-pass&#x20;word&amp;<\"&#39;",
                "%63i-p\\u0061ss%20word%26%3C%22%27",
                "63692d7061737320776f7264263c2227",
                "63692D7061737320776F7264263C2227")) {
            assertEquals("a **** b", mask.apply("a " + form + " b"), form);
        }
        assertEquals("a **** b", of("a.key").apply("a " + "a\\.key" + " b"));
    }

    @Test
    void hidesLongKeys() {
        String key = "-----BEGIN KEY-----\n" + "MIIEowIBAAKC+/\n".repeat(100);
        SecretMask mask = of(key);
        assertEquals("a ****", mask.apply("a " + key).strip());
        assertEquals("a **** b", mask.apply("a " + base64(key) + " b"));
        assertEquals("a **** b", mask.apply("a " + key.replace("\n", "&#10;").replace("+", "%2b") + " b"));
    }

    @Test
    void hidesSecretsOfSeveralLines() {
        SecretMask lines = of("-----BEGIN KEY-----\nMIIEowIBAAKC\r\nAQEA\n-----END KEY-----\n");
        assertEquals("****", lines.apply("MIIEowIBAAKC"));
        assertEquals(
                "{\"key\":\"****\"}",
                lines.apply("{\"key\":\"-----BEGIN KEY-----\\nMIIEowIBAAKC\\r\\nAQEA\\n" + "-----END KEY-----\\n\"}"));
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        lines.apply(new StreamTaskListener(log, StandardCharsets.UTF_8))
                .getLogger()
                .println("key: -----BEGIN KEY-----\nMIIEowIBAAKC\nAQEA");
        assertEquals(
                "key: ****\n****\n****", log.toString(StandardCharsets.UTF_8).strip());
    }

    @Test
    void hidesASecretThatIsCutAtAQuote() {
        SecretMask quoted = of("first\"second\\third'fourth");
        assertEquals("realm \"****\"", quoted.apply("realm \"first\""));
        assertEquals("**** and ****", quoted.apply("second and fourth"));
        assertEquals("thi", quoted.apply("thi"));
    }

    @Test
    void leavesTheRest() {
        assertEquals("pushed host/web", mask.apply("pushed host/web"));
        assertEquals("a b", SecretMask.of(List.of(), List.of()).apply("a b"));
        assertEquals("abc", of("b").apply("abc"));
    }

    @Test
    void hidesTheLongerOfTwo() {
        SecretMask both = SecretMask.of(List.of("secret", "secret-and-more"), List.of());
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
