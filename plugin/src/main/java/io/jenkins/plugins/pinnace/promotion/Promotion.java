package io.jenkins.plugins.pinnace.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.FilePath;
import hudson.model.Computer;
import hudson.model.Label;
import hudson.model.Node;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.pinnace.configuration.BuildAccess;
import io.jenkins.plugins.pinnace.configuration.PromotionAccess;
import io.jenkins.plugins.pinnace.engine.AgentWork;
import io.jenkins.plugins.pinnace.engine.JobPlace;
import io.jenkins.plugins.pinnace.engine.RegistryAccess;
import io.jenkins.plugins.pinnace.page.BuildContainers;
import io.jenkins.plugins.pinnace.results.PromotedImage;
import io.jenkins.plugins.pinnace.steps.JobContext;
import io.jenkins.plugins.pinnace.text.PlainText;
import io.pinnace.engine.PromoteRequest;
import io.pinnace.engine.PromoteResult;
import java.io.IOException;
import java.util.Objects;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.springframework.security.core.Authentication;

/**
 * One promotion. It runs on the controller or on an agent that an administrator has labelled for it, by the rules that are
 * configured in Jenkins; what the image is, the core reads from the registries when it decides.
 */
public final class Promotion {
    private static final int MAX_REASON = 1000;

    private final Run<?, ?> run;
    private final String image;
    private final String registry;
    private final String environment;
    private final String tag;
    private final String as;
    private final boolean repair;
    private final String reason;
    private final Authentication authentication;
    private final TaskListener listener;
    private final FlowNode step;

    /**
     * @param registry that the image is relative to; null: to none
     * @param tag null: that of the image
     * @param as name of the image in the environment; null: the one that it has
     * @param repair whether all that the environment has of it is looked at
     * @param reason null: none
     */
    public Promotion(
            JobContext job,
            String image,
            String registry,
            String environment,
            String tag,
            String as,
            boolean repair,
            String reason) {
        this.run = job.run();
        this.authentication = job.authentication();
        this.listener = job.listener();
        this.step = job.step();
        this.image = image;
        this.registry = registry;
        this.environment = environment;
        this.tag = tag;
        this.as = as;
        this.repair = repair;
        this.reason = reason == null ? null : PlainText.of(reason, MAX_REASON);
    }

    public PromotedImage run() throws IOException, InterruptedException {
        Promoters who = new Promoters(run, authentication, Approval.before(step));
        Audit audit = new Audit(run, who, authentication, image, environment, reason, listener);
        PromoteResult result;
        try {
            result = promote(who, audit);
        } catch (Throwable e) {
            audit.refused(e);
            throw e;
        }
        audit.promoted(result);
        BuildContainers.of(run).add(result, who.names(), reason, listener);
        return PromotedImage.of(result);
    }

    private PromoteResult promote(Promoters who, Audit audit) throws IOException, InterruptedException {
        String label = allowed(who, source()).label();
        if (label == null) {
            return promote(JobPlace.controller(), null, who, audit);
        }
        return AgentWork.run(
                "an agent with the promotion label \"" + label + "\"",
                () -> agent(label),
                root -> promote(JobPlace.forPromotion(root), label, who, audit),
                listener);
    }

    /** What is configured, and who may promote, counts as it is now: it may have changed while an agent was waited for. */
    private PromoteResult promote(JobPlace place, String label, Promoters who, Audit audit)
            throws IOException, InterruptedException {
        String source = source();
        PromotionAccess access = allowed(who, source);
        if (!Objects.equals(label, access.label())) {
            throw new AbortException("environment \"" + environment + "\": its promotion label has changed meanwhile");
        }
        RegistryAccess registries = access.access(source);
        audit.begins();
        PromoteResult result = place.run(
                settings -> PromoteRequest.builder(settings)
                        .reference(source)
                        .to(environment)
                        .environments(place.environmentsFile(registries))
                        .tag(tag)
                        .as(as)
                        .repair(repair)
                        .build(),
                registries,
                listener);
        if (!result.environment().equals(environment)) {
            throw new AbortException("result of job promote: it is about another environment");
        }
        return result;
    }

    private String source() throws AbortException {
        return new BuildAccess(run, listener).fullName(image, registry);
    }

    private PromotionAccess allowed(Promoters who, String source) throws AbortException {
        PromotionAccess access = new PromotionAccess(run, environment, listener);
        who.check(access.owners(source), access.isUnattended());
        access.checkSource(source);
        return access;
    }

    /** Null while none is connected. */
    @CheckForNull
    private static FilePath agent(String labelExpression) throws AbortException {
        Label label = Jenkins.get().getLabel(labelExpression);
        if (label == null || label.getNodes().isEmpty()) {
            throw new AbortException("no agent has the promotion label \"" + labelExpression + "\"");
        }
        for (Node node : label.getNodes()) {
            Computer computer = node.toComputer();
            FilePath root = computer != null && computer.isOffline() ? null : node.getRootPath();
            if (root != null) {
                return root;
            }
        }
        return null;
    }
}
