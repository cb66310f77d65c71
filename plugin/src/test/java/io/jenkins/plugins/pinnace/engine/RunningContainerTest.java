package io.jenkins.plugins.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import hudson.AbortException;
import hudson.FilePath;
import hudson.remoting.ChannelClosedException;
import io.jenkins.plugins.pinnace.text.SecretMask;
import io.pinnace.engine.JobSettings;
import io.pinnace.engine.RunRequest;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers whose agent fails: one line tells it. */
class RunningContainerTest {
    @TempDir
    private File directory;

    private final CompletableFuture<byte[]> ended = new CompletableFuture<>();

    private RunningContainer container() {
        RunRequest request = RunRequest.builder(new JobSettings("store", null))
                .image("host/web:1")
                .build();
        SecretMask mask = SecretMask.of(List.of("secret"), List.of());
        FilePath scratch = new FilePath(new File(directory, "gone"));
        return new RunningContainer(request, ended, new ReadyPorts(), scratch, mask::apply);
    }

    private String failure() {
        RunningContainer container = container();
        return assertThrows(AbortException.class, container::awaitReady).getMessage();
    }

    @Test
    void anErrorOfTheAgentIsOneLine() {
        ended.completeExceptionally(new NoClassDefFoundError("secret\nclass"));
        assertEquals("java.lang.NoClassDefFoundError: ****\\nclass", failure());
    }

    @Test
    void anExceptionWithoutMessageIsNamed() {
        ended.completeExceptionally(new IOException());
        assertEquals("java.io.IOException", failure());
    }

    @Test
    void aLostConnectionIsCalledSo() {
        ended.completeExceptionally(new IOException("Backing channel", new ChannelClosedException("closed", null)));
        assertEquals("the connection to the agent was lost, and the container ended with it", failure());
    }

    @Test
    void oneThatWasTakenDownIsCalledSo() {
        ended.cancel(true);
        assertTrue(failure().contains("taken down"));
    }
}
