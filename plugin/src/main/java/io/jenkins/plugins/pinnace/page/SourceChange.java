package io.jenkins.plugins.pinnace.page;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.model.Run;
import hudson.model.User;
import hudson.scm.ChangeLogSet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jenkins.scm.RunWithSCM;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/**
 * A change of the sources, as the SCM of a build told of it; {@code commit} is null where the SCM has no names for its
 * changes, {@code message} is the first line.
 */
@ExportedBean(defaultVisibility = 3)
public record SourceChange(
        @Exported int build,
        @Exported String commit,
        @Exported String author,
        @Exported String message) {
    /** More are for the SCM's own pages. */
    static final int MAX_CHANGES = 100;
    /** A job that fails for months has more builds than a step should load. */
    static final int MAX_BUILDS = 200;

    private static final int MAX_LINE = 200;
    private static final int COMMIT_DIGITS = 12;

    /**
     * What builds after {@code before} took in, those of {@code last} first, at most {@link #MAX_CHANGES} of at most
     * {@link #MAX_BUILDS} builds. A commit that several checkouts of a build took is there once.
     */
    static List<SourceChange> between(Run<?, ?> before, Run<?, ?> last) {
        List<SourceChange> changes = new ArrayList<>();
        int builds = 0;
        for (Run<?, ?> run = last;
                run != null && run.getNumber() > before.getNumber() && builds < MAX_BUILDS;
                run = run.getPreviousBuild(), builds++) {
            if (run instanceof RunWithSCM<?, ?> withSources && !addThoseOf(run, withSources, changes)) {
                break;
            }
        }
        return changes;
    }

    /** False: there is no room for more. */
    private static boolean addThoseOf(Run<?, ?> run, RunWithSCM<?, ?> withSources, List<SourceChange> changes) {
        Set<String> commits = new HashSet<>();
        for (ChangeLogSet<? extends ChangeLogSet.Entry> set : withSources.getChangeSets()) {
            for (ChangeLogSet.Entry change : set) {
                if (changes.size() == MAX_CHANGES) {
                    return false;
                }
                if (change.getCommitId() == null || commits.add(change.getCommitId())) {
                    changes.add(of(run, change));
                }
            }
        }
        return true;
    }

    private static SourceChange of(Run<?, ?> run, ChangeLogSet.Entry change) {
        User author = change.getAuthor();
        return new SourceChange(
                run.getNumber(),
                change.getCommitId() == null ? null : line(change.getCommitId()),
                author == null ? "" : line(author.getFullName()),
                line(change.getMsg()));
    }

    private static String line(@CheckForNull String text) {
        String first = Util.fixNull(text).lines().findFirst().orElse("");
        return first.length() <= MAX_LINE ? first : Texts.start(first, MAX_LINE) + "...";
    }

    boolean isWhole() {
        return author != null && message != null;
    }

    /** One line, for the page. */
    public String title() {
        String name = commit == null ? "" : Texts.start(commit, COMMIT_DIGITS) + " ";
        String who = author.isEmpty() ? "" : author + ", ";
        return name + message + " (" + who + "#" + build + ")";
    }
}
