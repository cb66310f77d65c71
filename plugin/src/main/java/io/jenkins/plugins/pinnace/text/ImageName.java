package io.jenkins.plugins.pinnace.text;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The name of an image, as far as one must know where it leads: by its beginning, as oci::ImageName of the core has it
 * (tests/names/images.txt). Whether it names anything there, the core says.
 *
 * @param beginning that says where it leads: "oci:"; empty for most of those in registries
 * @param rest what follows it
 */
public record ImageName(Kind kind, String beginning, String rest) {
    /** Where images are. */
    public enum Kind {
        REGISTRY,
        LAYOUT,
        ARCHIVE,
        ENVIRONMENT,
        /** The local store, by digest. */
        STORED,
        /** What other tools know, and Pinnace does not. */
        UNSUPPORTED
    }

    private static final Map<String, Kind> BEGINNINGS = new LinkedHashMap<>();

    static {
        BEGINNINGS.put("docker://", Kind.REGISTRY);
        BEGINNINGS.put("oci:", Kind.LAYOUT);
        BEGINNINGS.put("oci-archive:", Kind.ARCHIVE);
        BEGINNINGS.put("docker-archive:", Kind.ARCHIVE);
        BEGINNINGS.put("env:", Kind.ENVIRONMENT);
        BEGINNINGS.put("sha256:", Kind.STORED);
        for (String other :
                "docker-daemon containers-storage dir oci-dir ocidir oci-layout ostree sif tarball".split(" ")) {
            BEGINNINGS.put(other + ":", Kind.UNSUPPORTED);
        }
    }

    private static final Pattern HUB = Pattern.compile("^(index\\.)?docker\\.io/");

    public static ImageName of(String name) {
        for (Map.Entry<String, Kind> known : BEGINNINGS.entrySet()) {
            if (name.startsWith(known.getKey())) {
                String rest = name.substring(known.getKey().length());
                boolean leadsElsewhere =
                        known.getValue() == Kind.REGISTRY && !of(rest).beginning.isEmpty();
                return new ImageName(leadsElsewhere ? Kind.UNSUPPORTED : known.getValue(), known.getKey(), rest);
            }
        }
        return new ImageName(Kind.REGISTRY, "", name);
    }

    public boolean is(Kind other) {
        return kind == other;
    }

    /** Whether it is in a file or a directory. */
    public boolean isFile() {
        return kind == Kind.LAYOUT || kind == Kind.ARCHIVE;
    }

    /** Whether it has the path of that: "oci:" alone has none, and is not the directory that paths are relative to. */
    public boolean hasPath() {
        return !rest.isEmpty() && !rest.startsWith(":") && !rest.startsWith("@");
    }

    /** Of the environment that it is in. */
    public String environment() {
        return upToSlash(rest);
    }

    /**
     * Of one in a registry: Docker Hub has two names, and is where a name without a host is; what has no namespace there is
     * in "library".
     */
    public String completed() {
        String below = HUB.matcher(rest).replaceFirst("");
        boolean isOfHub = below.length() < rest.length() || !below.contains("/") || !isHost(upToSlash(below));
        return isOfHub ? "docker.io/" + (below.contains("/") ? "" : "library/") + below : rest;
    }

    /** Whether what stands before the first "/" of a reference is a host: else it is the beginning of a path on Docker Hub. */
    public static boolean isHost(String text) {
        return text.equals("localhost")
                || text.chars().anyMatch(c -> c == '.' || c == ':' || c == '[' || c >= 'A' && c <= 'Z');
    }

    private static String upToSlash(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? text : text.substring(0, slash);
    }
}
