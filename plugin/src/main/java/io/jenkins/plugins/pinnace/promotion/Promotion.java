package io.jenkins.plugins.pinnace.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.FilePath;
import hudson.Util;
import hudson.model.Computer;
import hudson.model.Label;
import hudson.model.Node;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.pinnace.configuration.BuildAccess;
import io.jenkins.plugins.pinnace.configuration.PromotionAccess;
import io.jenkins.plugins.pinnace.engine.AgentWork;
import io.jenkins.plugins.pinnace.engine.JobPlace;
import io.jenkins.plugins.pinnace.page.BuildContainers;
import io.jenkins.plugins.pinnace.results.PromotedImage;
import io.jenkins.plugins.pinnace.steps.JobContext;
import io.pinnace.engine.PromoteRequest;
import io.pinnace.engine.PromoteResult;
import java.io.IOException;
import jenkins.model.Jenkins;
import org.springframework.security.core.Authentication;

/**
 * One promotion. It runs on the controller or on an agent that an administrator has labelled for it, by the rules that are
 * configured in Jenkins; what the image is, the core reads from the registries when it decides.
 */
public final class Promotion {
    private final Run<?, ?> run;
    private final BuildAccess registries;
    private final String image;
    private final String registry;
    private final String environment;
    private final String tag;
    private final String reason;
    private final Authentication authentication;
    private final TaskListener listener;

    /**
     * @param registry that the image is relative to; null: to none
     * @param tag null: that of the image
     */
    public Promotion(JobContext job, String image, String registry, String environment, String tag, String reason) {
        this.run = job.run();
        this.authentication = job.authentication();
        this.listener = job.listener();
        this.registries = job.registries();
        this.image = image;
        this.registry = registry;
        this.environment = environment;
        this.tag = tag;
        this.reason = reason;
    }

    public PromotedImage run() throws IOException, InterruptedException {
        Audit audit = new Audit(run, image, environment, reason, listener);
        String who;
        PromoteResult result;
        try {
            who = PromotePermission.check(run, authentication);
            result = promote(registries.fullName(image, registry));
        } catch (Throwable e) {
            audit.refused(e);
            throw e;
        }
        audit.promoted(who, result);
        BuildContainers.of(run).add(result, who, reason);
        return PromotedImage.of(result);
    }

    private PromoteResult promote(String source) throws IOException, InterruptedException {
        PromotionAccess access = new PromotionAccess(run, environment, listener);
        access.checkSource(source);
        String label = Util.fixEmptyAndTrim(access.target().getPromotionLabel());
        if (label == null) {
            return promote(source, JobPlace.controller(), access);
        }
        return AgentWork.run(
                "an agent with the promotion label \"" + label + "\"",
                () -> agent(label),
                root -> promote(source, JobPlace.forPromotion(root), access),
                listener);
    }

    private PromoteResult promote(String source, JobPlace place, PromotionAccess access)
            throws IOException, InterruptedException {
        PromoteResult result = place.run(
                settings -> new PromoteRequest(settings, source, environment, place.environmentsFile(), tag),
                access.access(source),
                listener);
        if (!result.environment().equals(environment)) {
            throw new AbortException("result of job promote: it is about another environment");
        }
        return result;
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
