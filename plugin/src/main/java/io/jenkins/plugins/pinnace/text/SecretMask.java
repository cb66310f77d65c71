package io.jenkins.plugins.pinnace.text;

import hudson.model.TaskListener;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Replaces secrets in what a job says. The core never says one, but it quotes registries, and a registry may send back
 * what it was told, as it is or encoded, whole or cut where a line or a quoted text ends.
 */
public final class SecretMask {
    private static final String MASK = "****";
    /** Shorter ones would be found everywhere. */
    private static final int MIN_LENGTH = 4;
    /** Of keys of many lines the letters are found only as they are: their patterns would be huge. */
    private static final int MAX_SPELLED = 200;
    /** Where readers of lines, headers and JSON end a text. */
    private static final Pattern CUTS = Pattern.compile("[\\p{Cntrl}\"'\\\\]+");

    private final Pattern pattern;

    private SecretMask(Pattern pattern) {
        this.pattern = pattern;
    }

    /**
     * @param passwords found however they are written
     * @param logins "user:password", found where they are encoded, as in headers
     */
    public static SecretMask of(Collection<String> passwords, Collection<String> logins) {
        // The longest first, so that no rest of a secret is left.
        TreeSet<String> secrets = new TreeSet<>(
                Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        passwords.forEach(password -> add(secrets, password));
        logins.forEach(login -> addEncoded(secrets, login));
        secrets.removeIf(secret -> secret.strip().length() < MIN_LENGTH);
        if (secrets.isEmpty()) {
            return new SecretMask(null);
        }
        return new SecretMask(
                Pattern.compile(secrets.stream().map(SecretMask::anyForm).collect(Collectors.joining("|"))));
    }

    private static void add(Collection<String> secrets, String secret) {
        secrets.add(secret);
        secrets.addAll(Arrays.asList(CUTS.split(secret)));
        addEncoded(secrets, secret);
    }

    private static void addEncoded(Collection<String> secrets, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (Base64.Encoder encoder : new Base64.Encoder[] {Base64.getEncoder(), Base64.getUrlEncoder()}) {
            secrets.add(encoder.encodeToString(bytes));
            secrets.add(encoder.withoutPadding().encodeToString(bytes));
        }
        secrets.add(HexFormat.of().formatHex(bytes));
        secrets.add(HexFormat.of().withUpperCase().formatHex(bytes));
    }

    /** A regular expression for a text, as it is and as encoders of URLs, JSON and HTML may write it. */
    private static String anyForm(String text) {
        boolean isShort = text.length() <= MAX_SPELLED;
        return text.codePoints()
                .mapToObj(c -> isShort || !isAlphanumeric(c) ? anyOf(c) : Character.toString(c))
                .collect(Collectors.joining());
    }

    private static boolean isAlphanumeric(int c) {
        return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
    }

    private static String anyOf(int character) {
        String text = Character.toString(character);
        StringBuilder percent = new StringBuilder();
        for (byte part : text.getBytes(StandardCharsets.UTF_8)) {
            percent.append(String.format("%%%02x", part));
        }
        StringBuilder unicode = new StringBuilder();
        for (char unit : text.toCharArray()) {
            unicode.append(String.format("\\\\u%04x", (int) unit));
        }
        List<String> forms = new ArrayList<>(List.of(
                Pattern.quote(text),
                "(?i:" + percent + ")",
                "(?i:" + unicode + ")",
                String.format("&#0*%d;", character),
                String.format("(?i:&#x0*%x;)", character)));
        if (!isAlphanumeric(character)) {
            forms.add(Pattern.quote("\\" + escape(text)));
        }
        if (text.equals(" ")) {
            forms.add("\\+");
        }
        int entity = "&<>\"'".indexOf(text);
        if (entity >= 0) {
            forms.add("&" + List.of("amp", "lt", "gt", "quot", "apos").get(entity) + ";");
        }
        return "(?:" + String.join("|", forms) + ")";
    }

    /** What stands behind the backslash. */
    private static String escape(String text) {
        int index = "\b\f\n\r\t".indexOf(text);
        return index < 0 ? text : "bfnrt".substring(index, index + 1);
    }

    public String apply(String text) {
        return pattern == null ? text : pattern.matcher(text).replaceAll(MASK);
    }

    /** Writes to {@code listener} line by line. */
    public TaskListener apply(TaskListener listener) {
        return LineFilter.of(listener, this::apply);
    }
}
