package io.jenkins.plugins.pinnace.engine;

/** A port of a container where the agent has it. */
public record PublishedPort(String address, int hostPort, int containerPort) {}
