package io.jenkins.plugins.pinnace.engine;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.Util;
import hudson.model.TaskListener;
import hudson.remoting.RemoteOutputStream;
import hudson.remoting.VirtualChannel;
import io.pinnace.engine.Credentials;
import io.pinnace.engine.Engine;
import io.pinnace.engine.EngineException;
import io.pinnace.engine.Job;
import io.pinnace.engine.JobThread;
import io.pinnace.engine.Request;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jenkins.MasterToSlaveFileCallable;

/**
 * Runs a job where the files are, in a directory of its own that goes when it ends. An interrupt of the calling thread
 * reaches the thread there, and with it the job: it runs on a thread of its own, as the connection of a WebSocket agent
 * swallows an interrupt that comes while a line is written to the log. Only bytes come back.
 */
final class EngineCall extends MasterToSlaveFileCallable<byte[]> {
    private static final long serialVersionUID = 1;

    private final String job;
    private final byte[] request;
    private final boolean startsContainers;
    private final RegistryAccess access;
    private final EngineKind engine;
    private final ArrayList<String> directories;
    private final TaskListener listener;

    @CheckForNull
    private final RemoteOutputStream readyTo;

    /**
     * @param directories where engines may be put, see LibraryPlaces
     * @param readyTo see {@link ReadyPorts}; null: nobody waits for a container
     */
    EngineCall(
            Request<?> request,
            RegistryAccess access,
            EngineKind engine,
            List<String> directories,
            TaskListener listener,
            @CheckForNull RemoteOutputStream readyTo)
            throws EngineException {
        this.job = request.job();
        this.request = request.toJson();
        this.startsContainers = request.startsContainers();
        this.access = access;
        this.engine = engine;
        this.directories = new ArrayList<>(directories);
        this.listener = listener;
        this.readyTo = readyTo;
    }

    @Override
    public byte[] invoke(File scratch, VirtualChannel channel) throws IOException, InterruptedException {
        try {
            Files.createDirectories(scratch.toPath());
            access.writeTo(scratch.toPath());
            byte[] result = run();
            if (result.length > JobResults.MAX_BYTES) {
                throw new AbortException("result of job " + job + ": it has " + result.length + " bytes, and may have "
                        + JobResults.MAX_BYTES);
            }
            return result;
        } catch (EngineException e) {
            throw new AbortException(e.getMessage());
        } catch (FileSystemException e) {
            throw new AbortException("preparing job " + job + ": " + e);
        } finally {
            Util.deleteRecursive(scratch);
        }
    }

    private byte[] run() throws EngineException, InterruptedException {
        List<Path> places = directories.stream().map(Path::of).toList();
        Engine where = engine.create(places);
        byte[] asked = engine.isInJvm() && startsContainers ? ContainerStarter.into(request, places) : request;
        try (Credentials credentials = access.credentials();
                LogEvents events = new LogEvents(listener, readyTo);
                Job<byte[]> opened = where.open(job, asked, credentials)) {
            return JobThread.run(opened, events);
        }
    }
}
