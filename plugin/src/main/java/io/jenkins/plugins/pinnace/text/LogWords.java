package io.jenkins.plugins.pinnace.text;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.TaskListener;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the core says, in the words of a Jenkinsfile: files of the workspace as they are called there, and steps instead of
 * what is typed on a command line.
 */
public final class LogWords implements UnaryOperator<String> {
    private static final Pattern COMMAND = Pattern.compile("\\bpinnace (pin|build|promote|inspect|run)\\b");
    private static final Map<String, String> STEPS = Map.of(
            "pin", "containerPin",
            "build", "containerBuild",
            "promote", "containerPromote",
            "inspect", "containerInspect",
            "run", "withContainer");

    @CheckForNull
    private final Pattern workspace;

    /** @param workspace path of a directory; null: there is none */
    public LogWords(@CheckForNull String workspace) {
        this.workspace = workspace == null
                ? null
                : Pattern.compile("(?<![\\w./\\\\-])" + Pattern.quote(workspace.replaceFirst("[/\\\\]+$", ""))
                        + "(?:[/\\\\]+(?=[^\\s/\\\\])|(?![\\w.@/\\\\-]))");
    }

    /** What a program in a container says stays as it is, as its lines are marked. */
    @Override
    public String apply(String text) {
        if (text.startsWith("| ") || text.startsWith("! ")) {
            return text;
        }
        String shorter = workspace == null
                ? text
                : workspace.matcher(text).replaceAll(found -> isDirectory(found.group()) ? "" : ".");
        return COMMAND.matcher(shorter).replaceAll(command -> Matcher.quoteReplacement(STEPS.get(command.group(1))));
    }

    private static boolean isDirectory(String path) {
        return path.endsWith("/") || path.endsWith("\\");
    }

    /** A log in these words. */
    public TaskListener applyTo(TaskListener listener) {
        return LineFilter.of(listener, this);
    }
}
