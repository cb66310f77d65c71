package io.jenkins.plugins.pinnace.page;

/** Texts of others, which may be long, and contain any character. */
final class Texts {
    private Texts() {}

    /** At most {@code max} chars of it. A character that needs two is not cut: half of one can't be written as JSON. */
    static String start(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max);
    }
}
