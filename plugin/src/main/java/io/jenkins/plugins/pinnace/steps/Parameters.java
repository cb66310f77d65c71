package io.jenkins.plugins.pinnace.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.Util;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What steps do to their parameters. */
final class Parameters {
    private Parameters() {}

    /** A copy that can be stored, without nulls. */
    static ArrayList<String> copy(@CheckForNull List<String> values) {
        ArrayList<String> copy = new ArrayList<>();
        if (values != null) {
            values.stream().filter(Objects::nonNull).forEach(copy::add);
        }
        return copy;
    }

    static String required(String name, @CheckForNull String value) throws AbortException {
        if (Util.fixEmptyAndTrim(value) == null) {
            throw new AbortException("parameter " + name + " is required");
        }
        return value.strip();
    }

    /** NAME=VALUE, by name. */
    static Map<String, String> pairs(String parameter, List<String> texts) throws AbortException {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals <= 0) {
                throw new AbortException("parameter " + parameter + ": expected NAME=VALUE");
            }
            pairs.put(text.substring(0, equals), text.substring(equals + 1));
        }
        return pairs;
    }
}
