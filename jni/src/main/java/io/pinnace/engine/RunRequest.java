package io.pinnace.engine;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Map;

/**
 * Runs a container of an image until it ends, or the job is cancelled, which leaves nothing of it: at once, or after
 * {@code stopSeconds}. Its output are log
 * events that start with "| " (standard output) or "! " (standard error); when it is ready, one that starts with
 * "ready " goes on with JSON that has the published ports.
 *
 * @param image reference
 * @param platform null: the machine's
 * @param command instead of the image's; empty: the image's
 * @param environment beside the image's
 * @param user user[:group]; null: the image's
 * @param directory to start in; null: the image's
 * @param ports "[ADDRESS:][HOST:]CONTAINER[/udp]"; without HOST any free port of 127.0.0.1
 * @param volumes "/HOST/PATH:/CONTAINER/PATH[:ro]"
 * @param waitHttp ready when this URL answers 2xx; ":PORT/path" is where that port was published; null: no wait
 * @param waitPort ready when something in the container listens there; null: no wait
 * @param waitSeconds after which the wait is given up; null: 60
 * @param stopSeconds when the job is cancelled, the container gets the image's stop signal and has this time to end
 *     before it is killed; its last output still arrives, and then the job ends as cancelled; null: 0, killed at once
 * @param sandbox null: the defaults, which need an engine that is a process of its own
 */
public record RunRequest(
        @JsonUnwrapped JobSettings settings,
        String image,
        String platform,
        List<String> command,
        Map<String, String> environment,
        String user,
        String directory,
        List<String> ports,
        List<String> volumes,
        String waitHttp,
        Integer waitPort,
        Integer waitSeconds,
        Integer stopSeconds,
        SandboxSettings sandbox)
        implements Request<RunResult> {
    @Override
    public String job() {
        return "run";
    }

    @Override
    public Class<RunResult> resultType() {
        return RunResult.class;
    }

    /** With the image's own command. */
    public static RunRequest of(JobSettings settings, String image, List<String> ports) {
        return new RunRequest(
                settings, image, null, List.of(), Map.of(), null, null, ports, List.of(), null, null, null, null, null);
    }
}
