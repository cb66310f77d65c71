package io.jenkins.plugins.pinnace.promotion;

import hudson.AbortException;
import hudson.FilePath;
import hudson.Util;
import hudson.model.Label;
import hudson.model.Node;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.pinnace.configuration.PromotionAccess;
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
    private final String image;
    private final String environment;
    private final String tag;
    private final String reason;
    private final Authentication authentication;
    private final TaskListener listener;

    /** @param tag null: that of the image */
    public Promotion(JobContext job, String image, String environment, String tag, String reason) {
        this.run = job.run();
        this.authentication = job.authentication();
        this.listener = job.listener();
        this.image = image;
        this.environment = environment;
        this.tag = tag;
        this.reason = reason;
    }

    public PromotedImage run() throws IOException, InterruptedException {
        Audit audit = new Audit(run, image, environment, reason, listener);
        try {
            String who = PromotePermission.check(run, authentication);
            PromoteResult result = promote();
            audit.promoted(who, result);
            BuildContainers.of(run).add(result, who, reason);
            return PromotedImage.of(result);
        } catch (AbortException e) {
            audit.refused(e.getMessage());
            throw e;
        }
    }

    private PromoteResult promote() throws IOException, InterruptedException {
        PromotionAccess access = new PromotionAccess(run, environment, listener);
        access.checkSource(image);
        JobPlace place = place(access.target().getPromotionLabel());
        PromoteResult result = place.run(
                settings -> new PromoteRequest(settings, image, environment, place.environmentsFile(), tag),
                access.access(image),
                listener);
        if (!result.environment().equals(environment)) {
            throw new AbortException("result of job promote: it is about another environment");
        }
        return result;
    }

    private static JobPlace place(String labelExpression) throws AbortException {
        if (Util.fixEmptyAndTrim(labelExpression) == null) {
            return JobPlace.controller();
        }
        Label label = Jenkins.get().getLabel(labelExpression);
        if (label != null) {
            for (Node node : label.getNodes()) {
                FilePath root = node.getRootPath();
                if (root != null) {
                    return JobPlace.forPromotion(root);
                }
            }
        }
        throw new AbortException("no agent with the promotion label \"" + labelExpression + "\" is connected");
    }
}
