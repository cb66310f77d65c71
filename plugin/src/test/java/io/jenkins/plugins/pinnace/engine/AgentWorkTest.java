package io.jenkins.plugins.pinnace.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import hudson.AbortException;
import hudson.FilePath;
import hudson.model.TaskListener;
import hudson.remoting.Channel;
import hudson.remoting.ChannelBuilder;
import hudson.remoting.ChannelClosedException;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Agents that go while something runs on them. */
@Timeout(120)
class AgentWorkTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger starts = new AtomicInteger();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** A directory behind a connection. */
    private FilePath connected() throws IOException {
        PipedInputStream here = new PipedInputStream();
        PipedInputStream there = new PipedInputStream();
        PipedOutputStream toThere = new PipedOutputStream(there);
        PipedOutputStream toHere = new PipedOutputStream(here);
        threads.submit(() -> new ChannelBuilder("agent", threads)
                .withMode(Channel.Mode.BINARY)
                .build(there, toHere));
        Channel channel = new ChannelBuilder("controller", threads)
                .withMode(Channel.Mode.BINARY)
                .build(here, toThere);
        return new FilePath(channel, "/somewhere");
    }

    @Test
    void workThatEndsItsAgentEachTimeEnds() {
        AbortException failure = assertThrows(
                AbortException.class,
                () -> AgentWork.run(
                        "the agent",
                        this::connected,
                        place -> {
                            starts.incrementAndGet();
                            ((Channel) place.getChannel()).close();
                            throw new ChannelClosedException("closed", null);
                        },
                        TaskListener.NULL));
        assertEquals(
                "the connection to the agent was lost each of the 5 times that this step started",
                failure.getMessage());
        assertEquals(5, starts.get());
    }

    @Test
    void anAgentThatOnlySaysThatItIsLostIsNotBelieved() {
        IOException lie = new IOException("no connection", new ChannelClosedException("closed", null));
        assertSame(
                lie,
                assertThrows(
                        IOException.class,
                        () -> AgentWork.run(
                                "the agent",
                                this::connected,
                                place -> {
                                    starts.incrementAndGet();
                                    throw lie;
                                },
                                TaskListener.NULL)));
        assertEquals(1, starts.get());
    }
}
