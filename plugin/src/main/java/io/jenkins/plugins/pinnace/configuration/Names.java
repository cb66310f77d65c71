package io.jenkins.plugins.pinnace.configuration;

import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.pinnace.Messages;
import java.util.regex.Pattern;

/** How registries, environments and places of images are written. */
public final class Names {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
    private static final Pattern SCHEME = Pattern.compile("^https?://");
    private static final String HOST =
            "(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9a-fA-F:]+\\])(?::[0-9]{1,5})?";
    private static final String PATH = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
    private static final Pattern PREFIX = Pattern.compile(HOST + "(?:/" + PATH + ")*");

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

    static boolean isPrefix(String text) {
        return text.length() <= 512 && PREFIX.matcher(text).matches();
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
        return isPrefix(withoutScheme(Util.fixNull(value)))
                ? FormValidation.ok()
                : FormValidation.error(Messages.Names_prefix());
    }
}
