package io.jenkins.plugins.pinnace.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.EnvVars;
import hudson.FilePath;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.pinnace.configuration.BuildAccess;
import io.jenkins.plugins.pinnace.configuration.PinnaceConfiguration;
import io.jenkins.plugins.pinnace.engine.JobPlace;
import io.jenkins.plugins.pinnace.text.ImageName;
import io.jenkins.plugins.pinnace.text.LineFilter;
import io.pinnace.engine.BuildRequest;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.actions.ThreadNameAction;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.MissingContextVariableException;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.springframework.security.core.Authentication;

/**
 * Where a step works.
 *
 * @param workspace null for steps that need none
 * @param variables that are replaced in parameters: those of a freestyle build; null in a Pipeline, where Groovy has done it
 * @param authentication whom the build runs as
 * @param step where it is in a Pipeline; null elsewhere
 */
public record JobContext(
        Run<?, ?> run,
        FilePath workspace,
        EnvVars variables,
        Authentication authentication,
        TaskListener listener,
        FlowNode step) {
    /** That of a build step. */
    public JobContext(
            Run<?, ?> run,
            FilePath workspace,
            EnvVars variables,
            Authentication authentication,
            TaskListener listener) {
        this(run, workspace, variables, authentication, listener, null);
    }

    /** That of a step of a Pipeline, without a workspace. */
    static JobContext of(StepContext context)
            throws IOException, InterruptedException, MissingContextVariableException {
        return new JobContext(
                required(context, Run.class),
                null,
                null,
                required(context, FlowExecution.class).getAuthentication2(),
                required(context, TaskListener.class),
                required(context, FlowNode.class));
    }

    JobContext in(FilePath place) {
        return new JobContext(run, place, variables, authentication, listener, step);
    }

    /** Whose lines say which image they are about: in branches that run at once they are mixed in the log. */
    JobContext about(@CheckForNull String image) {
        return image == null || !isInBranch()
                ? this
                : new JobContext(
                        run,
                        workspace,
                        variables,
                        authentication,
                        LineFilter.of(listener, line -> image + ": " + line),
                        step);
    }

    private boolean isInBranch() {
        return step != null
                && step.getEnclosingBlocks().stream()
                        .anyMatch(block -> block.getAction(ThreadNameAction.class) != null);
    }

    /** What a step can't do without. */
    static <T> T required(StepContext context, Class<T> type)
            throws IOException, InterruptedException, MissingContextVariableException {
        T value = context.get(type);
        if (value == null) {
            throw new MissingContextVariableException(type);
        }
        return value;
    }

    JobPlace place() throws IOException {
        return JobPlace.of(workspace, PinnaceConfiguration.get().getEngine());
    }

    public BuildAccess registries() {
        return new BuildAccess(run, listener);
    }

    /** Who builds, for the provenance. */
    BuildRequest.Invocation invocation() {
        String root = Objects.requireNonNullElse(Jenkins.get().getRootUrl(), "");
        return new BuildRequest.Invocation(
                root,
                run.getParent().getFullName(),
                String.valueOf(run.getNumber()),
                root.isEmpty() ? "" : root + run.getUrl());
    }

    String expand(String text) {
        return text == null || variables == null ? text : variables.expand(text);
    }

    List<String> expand(List<String> texts) {
        return texts.stream().map(this::expand).toList();
    }

    /** The full name of an image; directories and archives are relative to the workspace. */
    String image(String name, BuildAccess registries, String registry) throws AbortException {
        String file = imageFile(name);
        return file == null ? registries.fullName(name, registry) : file;
    }

    /** As {@link #image}, of one that is to be written. */
    String writableImage(String what, String name, BuildAccess registries, String registry) throws AbortException {
        String file = imageFile(name);
        return file == null ? registries.writableName(what, name, registry) : file;
    }

    /** Null for an image that is in no directory and no archive. */
    @CheckForNull
    private String imageFile(String name) {
        ImageName image = ImageName.of(name);
        if (!image.isFile()) {
            return null;
        }
        return image.hasPath()
                ? image.beginning() + workspace.child(image.rest()).getRemote()
                : name; // the core says what is missing
    }

    /** A file of the workspace, as its machine calls it; null stays null. */
    String file(String path) {
        return path == null ? null : workspace.child(expand(path)).getRemote();
    }
}
