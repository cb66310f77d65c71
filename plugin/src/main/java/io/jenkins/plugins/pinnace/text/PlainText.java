package io.jenkins.plugins.pinnace.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Texts of others in logs and messages: what ends a line, steers a terminal or turns the reading round is shown, not done. */
public final class PlainText {
    private static final Pattern ODD = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

    private static final int MAX_LINE = 4096;

    private PlainText() {}

    /** Whether every character of it can be printed. */
    public static boolean isPlain(String text) {
        return !ODD.matcher(text).find();
    }

    /** One line of readable length, whatever somebody sent. */
    public static String line(String text) {
        return of(text.strip(), MAX_LINE);
    }

    /** As Java writes a text, on one line; of a longer one than {@code max} characters the beginning. */
    public static String of(String text, int max) {
        String shown = text.length() <= max ? text : text.substring(0, max) + " ...";
        return ODD.matcher(shown).replaceAll(odd -> Matcher.quoteReplacement(escaped(odd.group())));
    }

    private static String escaped(String character) {
        int index = "\n\r\t".indexOf(character);
        return index >= 0
                ? "\\" + "nrt".charAt(index)
                : character
                        .chars()
                        .mapToObj(unit -> String.format("\\u%04x", unit))
                        .collect(Collectors.joining());
    }
}
