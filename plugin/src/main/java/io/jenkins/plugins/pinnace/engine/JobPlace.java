package io.jenkins.plugins.pinnace.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.FilePath;
import hudson.model.Computer;
import hudson.model.Node;
import hudson.model.TaskListener;
import hudson.remoting.RemoteOutputStream;
import hudson.slaves.WorkspaceList;
import io.jenkins.plugins.pinnace.text.LogWords;
import io.jenkins.plugins.pinnace.text.PlainText;
import io.jenkins.plugins.pinnace.text.SecretMask;
import io.pinnace.engine.EngineException;
import io.pinnace.engine.JobSettings;
import io.pinnace.engine.Request;
import io.pinnace.engine.Results;
import io.pinnace.engine.RunRequest;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import jenkins.model.Jenkins;

/**
 * Where a job runs: a machine, with a directory for what its jobs share and one for what this job leaves behind until it
 * ends.
 */
public final class JobPlace {
    private final FilePath cache;
    private final FilePath temporary;
    private final FilePath scratch;
    private final EngineKind engine;
    private final LogWords words;

    private JobPlace(FilePath cache, FilePath temporary, EngineKind engine, LogWords words) {
        this.cache = cache;
        this.temporary = temporary;
        this.scratch = temporary.child("pinnace-" + UUID.randomUUID());
        this.engine = engine;
        this.words = words;
    }

    /** The machine of a workspace. */
    public static JobPlace of(FilePath workspace, EngineKind engine) throws AbortException {
        Computer computer = workspace.toComputer();
        Node node = computer == null ? null : computer.getNode();
        FilePath root = node == null ? null : node.getRootPath();
        if (root == null) {
            throw new AbortException("the agent of workspace " + workspace.getRemote() + " is not connected");
        }
        FilePath temporary = WorkspaceList.tempDir(workspace);
        if (temporary == null) {
            throw new AbortException("the workspace " + workspace.getRemote() + " has no directory beside it");
        }
        return new JobPlace(root.child("caches/pinnace"), temporary, engine, new LogWords(workspace.getRemote()));
    }

    /** A machine that does not share what builds of others leave behind. */
    public static JobPlace forPromotion(FilePath root) {
        FilePath cache = root.child("caches/pinnace-promotion");
        return new JobPlace(cache, cache.child("tmp"), EngineKind.PROCESS, new LogWords(null));
    }

    /** The controller. */
    public static JobPlace controller() {
        return forPromotion(Jenkins.get().getRootPath());
    }

    /** The file with the environments of {@code access}; null if it has none. */
    @CheckForNull
    public String environmentsFile(RegistryAccess access) {
        return access.environments() == null
                ? null
                : scratch.child(RegistryAccess.ENVIRONMENTS).getRemote();
    }

    /** A file of {@link RegistryAccess#secretFiles}. */
    public String secretFile(String name) {
        return scratch.child(name).getRemote();
    }

    /** For what a step says of a job's result: files of the workspace as a Jenkinsfile calls them. */
    public TaskListener inItsWords(TaskListener listener) {
        return words.applyTo(listener);
    }

    /**
     * Runs a job and checks what comes back, see {@link JobResults}.
     *
     * @param request made for the settings that it is given
     * @throws AbortException with the one line that tells why it failed
     */
    public <R> R run(Function<JobSettings, Request<R>> request, RegistryAccess access, TaskListener listener)
            throws IOException, InterruptedException {
        SecretMask mask = access.mask();
        Request<R> made = request.apply(settings());
        try {
            return checked(made, scratch.act(call(made, access, engine, said(mask, listener), null)));
        } catch (AbortException | EngineException e) {
            throw failure(e, text -> words.apply(mask.apply(text)));
        }
    }

    /**
     * Starts a container, which then belongs to the caller. Its output goes to {@code listener}. That is always the work
     * of a process of its own: it needs one that it can be started again from.
     *
     * @param request made for the settings that it is given
     * @throws AbortException with the one line that tells why it failed
     */
    public RunningContainer start(
            Function<JobSettings, RunRequest> request, RegistryAccess access, TaskListener listener)
            throws IOException, InterruptedException {
        SecretMask mask = access.mask();
        RunRequest made = request.apply(settings());
        UnaryOperator<String> words = text -> this.words.apply(mask.apply(text));
        ReadyPorts ready = new ReadyPorts();
        try {
            Future<byte[]> ended =
                    scratch.actAsync(call(made, access, EngineKind.PROCESS, said(mask, listener), ready.stream()));
            return new RunningContainer(made, ended, ready, scratch, words);
        } catch (EngineException | IOException e) {
            throw RunningContainer.failure(e, scratch, words);
        }
    }

    /** Secrets are found in what was said, before anything else is done to it. */
    private TaskListener said(SecretMask mask, TaskListener listener) {
        return mask.apply(words.applyTo(listener));
    }

    /** One line, as {@code words} has it: without secrets. */
    static AbortException failure(Throwable reason, UnaryOperator<String> words) {
        boolean speaks = reason instanceof Exception && reason.getMessage() != null;
        return new AbortException(PlainText.line(words.apply(speaks ? reason.getMessage() : reason.toString())));
    }

    private JobSettings settings() {
        return new JobSettings(
                cache.child("store").getRemote(),
                scratch.child(RegistryAccess.SETTINGS).getRemote());
    }

    private EngineCall call(
            Request<?> made,
            RegistryAccess access,
            EngineKind kind,
            TaskListener listener,
            @CheckForNull RemoteOutputStream readyTo)
            throws EngineException {
        return new EngineCall(made, access, kind, directories(), listener, readyTo);
    }

    static <R> R checked(Request<R> made, byte[] result) throws EngineException {
        R read = Results.read(made, result, JobResults.MAX_BYTES);
        JobResults.check(made.job(), read);
        return read;
    }

    private List<String> directories() {
        return List.of(
                cache.child("native").getRemote(),
                temporary.child("pinnace-native").getRemote());
    }
}
