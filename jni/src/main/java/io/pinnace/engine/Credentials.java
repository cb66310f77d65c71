package io.pinnace.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What opens the registries of a job (docs/formats/credentials.md). Secrets come as char[], are kept
 * as bytes, never as a String, and are overwritten by {@link #close}; what is handed to an engine is
 * a copy that the engine overwrites. A JVM may have copied them while it moved objects; that can't
 * be helped from Java.
 */
public final class Credentials implements AutoCloseable {
    private static final byte[] START = ascii("{\"version\":1,\"registries\":{");
    private static final byte[] END = ascii("}}");

    private final boolean ofUser;
    /** One member of "registries" each, by its key. */
    private final Map<String, byte[]> members;

    private boolean closed;

    private Credentials(boolean ofUser, Map<String, byte[]> members) {
        this.ofUser = ofUser;
        this.members = members;
    }

    /** Those of the operating system's user: what {@code docker login} and credential helpers have. */
    public static Credentials ofUser() {
        return new Credentials(true, Map.of());
    }

    /** Anonymous everywhere. */
    public static Credentials none() {
        return new Credentials(false, Map.of());
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects credentials by registry ("host:port", or "host/path" for what is below). */
    public static final class Builder {
        private final Map<String, byte[]> members = new HashMap<>();

        private Builder() {}

        public Builder password(String registry, String username, char[] password) {
            return put(registry, "{\"username\":" + quoted(username) + ",\"password\":", password);
        }

        /** An OAuth2 refresh token. */
        public Builder identityToken(String registry, char[] token) {
            return put(registry, "{\"identityToken\":", token);
        }

        /** A Bearer token that is sent as it is. */
        public Builder registryToken(String registry, char[] token) {
            return put(registry, "{\"registryToken\":", token);
        }

        public Credentials build() {
            return new Credentials(false, Map.copyOf(members));
        }

        private Builder put(String registry, String start, char[] secret) {
            byte[] text = quoted(secret);
            byte[] member = join(List.of(ascii(quoted(registry) + ":" + start), text, ascii("}")));
            Arrays.fill(text, (byte) 0);
            byte[] old = members.put(registry, member);
            if (old != null) {
                Arrays.fill(old, (byte) 0);
            }
            return this;
        }
    }

    /** The JSON text, for the caller to overwrite; null: the user's. */
    synchronized byte[] toJson() {
        if (closed) {
            throw new IllegalStateException("the credentials are closed");
        }
        if (ofUser) {
            return null;
        }
        List<byte[]> parts = new ArrayList<>();
        parts.add(START);
        members.values().forEach(member -> {
            if (parts.size() > 1) {
                parts.add(ascii(","));
            }
            parts.add(member);
        });
        parts.add(END);
        return join(parts);
    }

    @Override
    public synchronized void close() {
        closed = true;
        members.values().forEach(member -> Arrays.fill(member, (byte) 0));
    }

    @Override
    public String toString() {
        return ofUser ? "credentials of the user" : "credentials for " + members.keySet();
    }

    private static byte[] join(List<byte[]> parts) {
        byte[] all = new byte[parts.stream().mapToInt(part -> part.length).sum()];
        int end = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, end, part.length);
            end += part.length;
        }
        return all;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String quoted(String text) {
        return new String(quoted(text.toCharArray()), StandardCharsets.US_ASCII);
    }

    /** A JSON string in ASCII; all that is not plain becomes \\u0000. */
    private static byte[] quoted(char[] text) {
        byte[] space = new byte[6 * text.length + 2];
        int end = 0;
        space[end++] = '"';
        for (char c : text) {
            if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
                space[end++] = (byte) c;
            } else {
                space[end++] = '\\';
                space[end++] = 'u';
                for (int shift = 12; shift >= 0; shift -= 4) {
                    space[end++] = (byte) Character.forDigit(c >> shift & 0xf, 16);
                }
            }
        }
        space[end++] = '"';
        byte[] exact = Arrays.copyOf(space, end);
        Arrays.fill(space, (byte) 0);
        return exact;
    }
}
