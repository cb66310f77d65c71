package io.jenkins.plugins.pinnace.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.pinnace.Messages;
import io.jenkins.plugins.pinnace.configuration.BuildAccess;
import io.jenkins.plugins.pinnace.engine.RunningContainer;
import io.pinnace.engine.JobSettings;
import io.pinnace.engine.Ready;
import io.pinnace.engine.RunRequest;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** Runs a block beside a container on the same agent. */
public final class WithContainerStep extends Step implements Serializable {
    private static final long serialVersionUID = 1;
    private static final int STOP_SECONDS = 10;

    private final String image;
    private String registry;
    private ArrayList<String> ports = new ArrayList<>();
    private ArrayList<String> environment = new ArrayList<>();
    private ArrayList<String> volumes = new ArrayList<>();
    private ArrayList<String> command = new ArrayList<>();
    private String user;
    private String waitHttp;
    private Integer waitPort;
    private Integer waitSeconds;
    private Integer stopSeconds;

    @DataBoundConstructor
    public WithContainerStep(String image) {
        this.image = image;
    }

    /** What is read from XML has passed no constructor: a list may be missing. */
    private Object readResolve() {
        ports = Parameters.copy(ports);
        environment = Parameters.copy(environment);
        volumes = Parameters.copy(volumes);
        command = Parameters.copy(command);
        return this;
    }

    public String getImage() {
        return image;
    }

    public String getRegistry() {
        return registry;
    }

    @DataBoundSetter
    public void setRegistry(String registry) {
        this.registry = Util.fixEmptyAndTrim(registry);
    }

    public List<String> getPorts() {
        return List.copyOf(ports);
    }

    @DataBoundSetter
    public void setPorts(List<String> ports) {
        this.ports = Parameters.copy(ports);
    }

    public List<String> getEnvironment() {
        return List.copyOf(environment);
    }

    @DataBoundSetter
    public void setEnvironment(List<String> environment) {
        this.environment = Parameters.copy(environment);
    }

    public List<String> getVolumes() {
        return List.copyOf(volumes);
    }

    @DataBoundSetter
    public void setVolumes(List<String> volumes) {
        this.volumes = Parameters.copy(volumes);
    }

    public List<String> getCommand() {
        return List.copyOf(command);
    }

    @DataBoundSetter
    public void setCommand(List<String> command) {
        this.command = Parameters.copy(command);
    }

    public String getUser() {
        return user;
    }

    @DataBoundSetter
    public void setUser(String user) {
        this.user = Util.fixEmptyAndTrim(user);
    }

    public String getWaitHttp() {
        return waitHttp;
    }

    @DataBoundSetter
    public void setWaitHttp(String waitHttp) {
        this.waitHttp = Util.fixEmptyAndTrim(waitHttp);
    }

    public Integer getWaitPort() {
        return waitPort;
    }

    @DataBoundSetter
    public void setWaitPort(Integer waitPort) {
        this.waitPort = waitPort;
    }

    public Integer getWaitSeconds() {
        return waitSeconds;
    }

    @DataBoundSetter
    public void setWaitSeconds(Integer waitSeconds) {
        this.waitSeconds = waitSeconds;
    }

    public Integer getStopSeconds() {
        return stopSeconds;
    }

    /** That the program has to end after the stop signal of its image, before it is killed; null: 10. */
    @DataBoundSetter
    public void setStopSeconds(Integer stopSeconds) {
        this.stopSeconds = stopSeconds;
    }

    @Override
    public StepExecution start(StepContext context) {
        return new WithContainerExecution(this, context);
    }

    /** The container, which may not be ready. */
    RunningContainer start(JobContext job) throws IOException, InterruptedException {
        BuildAccess registries = job.registries();
        String name = job.image(Parameters.required("image", image), registries, registry);
        Map<String, String> variables = Parameters.pairs("environment", environment);
        List<String> mounts = new ArrayList<>();
        for (String volume : volumes) {
            int colon = volume.indexOf(':');
            mounts.add(colon < 0 ? volume : job.file(volume.substring(0, colon)) + volume.substring(colon));
        }
        return job.place()
                .start(
                        settings -> request(settings, name, variables, mounts),
                        registries.access(registry),
                        job.listener());
    }

    /**
     * What the engine is asked for.
     *
     * @param name whole name of the image
     */
    RunRequest request(JobSettings settings, String name, Map<String, String> variables, List<String> mounts) {
        return RunRequest.builder(settings)
                .image(name)
                .command(command)
                .environment(variables)
                .user(user)
                .ports(ports)
                .volumes(mounts)
                .waitHttp(waitHttp)
                .waitPort(waitPort)
                .waitSeconds(waitSeconds)
                .stopSeconds(stopSeconds == null ? STOP_SECONDS : stopSeconds)
                .build();
    }

    /**
     * What the block finds in its environment.
     *
     * @param published in the order of the ports that were asked for
     */
    Map<String, String> variables(List<Ready.Port> published) throws AbortException {
        if (published.size() != ports.size()) {
            throw new AbortException(
                    "the container has " + published.size() + " ports, and should have " + ports.size());
        }
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("CONTAINER_HOST", "127.0.0.1");
        for (int i = 0; i < ports.size(); i++) {
            Ready.Port port = published.get(i);
            boolean isAny = port.address().isEmpty() || port.address().equals("0.0.0.0");
            String host = isAny ? "127.0.0.1" : port.address();
            String number = port.containerPort()
                    + (ports.get(i).toLowerCase(Locale.ROOT).endsWith("/udp") ? "_UDP" : "");
            variables.put("CONTAINER_HOST_" + number, host);
            variables.put("CONTAINER_PORT_" + number, String.valueOf(port.hostPort()));
            if (ports.size() == 1) {
                variables.put("CONTAINER_HOST", host);
                variables.put("CONTAINER_PORT", String.valueOf(port.hostPort()));
            }
        }
        return variables;
    }

    @Extension
    public static final class DescriptorImpl extends ContainerStepDescriptor {
        public DescriptorImpl() {
            super("withContainer", "ports", "environment", "volumes", "command");
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.WithContainerStep_displayName();
        }

        @Override
        public boolean takesImplicitBlockArgument() {
            return true;
        }
    }
}
