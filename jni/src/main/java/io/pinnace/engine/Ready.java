// Made by scripts/java-records. Don't edit: change the job's table in core/jobs.
package io.pinnace.engine;

import java.util.List;

/**
 * A container has started, and what was waited for is there.
 *
 * @param ports in the order in which they were asked for
 */
public record Ready(List<Port> ports) {
    /**
     * A port of the machine that leads to one of the container.
     *
     * @param address of the machine
     * @param hostPort of the machine
     * @param containerPort of the container
     * @param protocol how it is reached
     */
    public record Port(String address, int hostPort, int containerPort, String protocol) {}
}
