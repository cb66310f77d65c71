package io.jenkins.plugins.pinnace.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.Util;
import java.util.ArrayList;
import java.util.Collection;
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

    /**
     * A list of texts, as a Jenkinsfile gives it: a text alone is a list of one.
     *
     * @param what it is, for the error
     */
    static List<String> texts(String what, Object value) throws AbortException {
        if (!(value instanceof Collection<?> values)) {
            return texts(what, List.of(value));
        }
        List<String> texts = new ArrayList<>();
        for (Object element : values) {
            if (!(element instanceof CharSequence || element instanceof Number || element instanceof Boolean)) {
                throw new AbortException(what + ": expected a text, or a list of texts: ['a', 'b'], found "
                        + (element == null ? "null" : element.getClass().getSimpleName()));
            }
            texts.add(element.toString());
        }
        return texts;
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
