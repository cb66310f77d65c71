package io.jenkins.plugins.pinnace.engine;

import hudson.model.TaskListener;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Replaces secrets in what a job says. The core never says one, but it quotes registries, and a registry may send back
 * what it was told, as it is or encoded.
 */
public final class SecretMask {
    private static final String MASK = "****";
    /** Shorter ones would be found everywhere. */
    private static final int MIN_LENGTH = 4;

    private final Pattern pattern;

    private SecretMask(Pattern pattern) {
        this.pattern = pattern;
    }

    static SecretMask of(Collection<RegistryLogin> logins) {
        // The longest first, so that no rest of a secret is left.
        TreeSet<String> secrets = new TreeSet<>(
                Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        for (RegistryLogin login : logins) {
            add(secrets, login.password());
            if (login.username() != null) {
                add(secrets, base64(login.username() + ":" + login.password()));
            }
        }
        secrets.removeIf(secret -> secret.length() < MIN_LENGTH);
        if (secrets.isEmpty()) {
            return new SecretMask(null);
        }
        return new SecretMask(Pattern.compile(
                String.join("|", secrets.stream().map(Pattern::quote).toList())));
    }

    private static void add(Collection<String> secrets, String secret) {
        secrets.add(secret);
        secrets.add(base64(secret));
        secrets.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
        secrets.add(secret.replace("\\", "\\\\").replace("\"", "\\\""));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    public String apply(String text) {
        return pattern == null ? text : pattern.matcher(text).replaceAll(MASK);
    }

    /** Writes to {@code listener} line by line. */
    TaskListener apply(TaskListener listener) {
        return LineFilter.of(listener, this::apply);
    }
}
