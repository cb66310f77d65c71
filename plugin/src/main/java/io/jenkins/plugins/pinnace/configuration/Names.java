package io.jenkins.plugins.pinnace.configuration;

import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.pinnace.Messages;
import io.jenkins.plugins.pinnace.text.ImageName;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How registries, environments and places of images are written. */
public final class Names {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
    private static final Pattern SCHEME = Pattern.compile("^https?://");
    private static final String LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
    private static final Pattern HOST =
            Pattern.compile("(" + LABEL + "(?:\\." + LABEL + ")*|\\[([0-9a-fA-F:]+)\\])(?::([0-9]{1,5}))?");
    private static final String PART = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
    private static final Pattern PATH = Pattern.compile("(?:/" + PART + ")*");
    /** Of registry and repository, without the shortest name of an image. */
    private static final int MAX_LENGTH = 255 - "/x".length();

    private static final String HUB = "docker.io";
    private static final Set<String> NOT_THE_HUB = Set.of("index.docker.io", "registry-1.docker.io");

    private Names() {}

    static String withoutScheme(String url) {
        return SCHEME.matcher(url.strip()).replaceFirst("").replaceFirst("/+$", "");
    }

    static String host(String prefix) {
        int slash = prefix.indexOf('/');
        return slash < 0 ? prefix : prefix.substring(0, slash);
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * Whether it is "host[:port][/path]" by the core's rule (oci::Reference): what is no host there is the beginning of a
     * name on Docker Hub.
     */
    static boolean isPrefix(String text) {
        return text.length() <= MAX_LENGTH
                && isHost(host(text))
                && PATH.matcher(text.substring(host(text).length())).matches();
    }

    /** The core takes "oci:5000/x" for a directory. */
    private static boolean isHost(String text) {
        Matcher host = HOST.matcher(text);
        boolean isOfRegistry = ImageName.of(text).is(ImageName.Kind.REGISTRY);
        if (!host.matches() || NOT_THE_HUB.contains(text) || !isOfRegistry) {
            return false;
        }
        boolean hasPort = host.group(3) != null;
        if (host.group(2) != null && !isIpv6(host.group(1)) || hasPort && Integer.parseInt(host.group(3)) > 65535) {
            return false;
        }
        return ImageName.isHost(text);
    }

    /** Asks nobody: brackets are for addresses. */
    private static boolean isIpv6(String inBrackets) {
        try {
            return InetAddress.getByName(inBrackets) instanceof Inet6Address;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Whether what it is a prefix of means there what is written: images of Docker Hub have a namespace. */
    static boolean isMirror(String text) {
        return isPrefix(text) && !text.equals(HUB);
    }

    /** Whether it is "host[:port]/path", and means what is written. */
    static boolean isRepository(String text) {
        boolean isShort = host(text).equals(HUB) && text.indexOf('/') == text.lastIndexOf('/');
        return isPrefix(text) && text.contains("/") && !isShort;
    }

    /** Whether it begins with the host of a registry: Docker takes "shop/web" for a repository of Docker Hub. */
    static boolean isFull(String reference) {
        return reference.contains("/") && isHost(host(reference));
    }

    /** Whether a reference lies below a prefix, however both spell the registry. */
    static boolean isInside(String reference, String prefix) {
        return isBelow(oneSpelling(reference), oneSpelling(prefix));
    }

    /** Hosts have no case, and 443 is the port of https. */
    private static String oneSpelling(String reference) {
        String host = host(reference);
        return host.toLowerCase(Locale.ROOT).replaceFirst(":443$", "") + reference.substring(host.length());
    }

    /** Whether a reference lies below a prefix. */
    static boolean isBelow(String reference, String prefix) {
        return reference.startsWith(prefix)
                && reference.length() > prefix.length()
                && reference.charAt(prefix.length()) == '/';
    }

    static FormValidation checkName(String value) {
        return isName(Util.fixNull(value).strip()) ? FormValidation.ok() : FormValidation.error(Messages.Names_name());
    }

    static FormValidation checkPrefix(String value) {
        String text = withoutScheme(Util.fixNull(value));
        return isPrefix(text) ? FormValidation.ok() : FormValidation.error(expected(text, Messages.Names_prefix()));
    }

    static FormValidation checkMirror(String value) {
        String text = withoutScheme(Util.fixNull(value));
        return isMirror(text) ? FormValidation.ok() : FormValidation.error(expected(text, Messages.Names_mirror()));
    }

    static FormValidation checkRepository(String value) {
        String text = withoutScheme(Util.fixNull(value));
        return isRepository(text)
                ? FormValidation.ok()
                : FormValidation.error(expected(text, Messages.Names_repository()));
    }

    /** What is said of a text that was refused. */
    static String expected(String text, String rule) {
        return NOT_THE_HUB.contains(host(text)) ? Messages.Names_hub(host(text)) : rule;
    }
}
