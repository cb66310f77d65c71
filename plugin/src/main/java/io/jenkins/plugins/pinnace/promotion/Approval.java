package io.jenkins.plugins.pinnace.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Comparator;
import java.util.List;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.graphanalysis.DepthFirstScanner;
import org.jenkinsci.plugins.workflow.support.steps.input.InputSubmittedAction;

/** Who said yes in a Pipeline: the step "input" writes it down, where its plugin is installed. */
final class Approval {
    private Approval() {}

    /**
     * Who submitted the last "input" that {@code step} comes after; one of a branch beside it is none. Null if there was
     * none, or nobody knows who did.
     *
     * @param step null outside of Pipelines
     */
    @CheckForNull
    static String before(@CheckForNull FlowNode step) {
        return step == null || Jenkins.get().getPlugin("pipeline-input-step") == null ? null : Inputs.last(step);
    }

    /** Loaded only where the plugin is. */
    private static final class Inputs {
        @CheckForNull
        static String last(FlowNode step) {
            return new DepthFirstScanner()
                    .allNodes(List.of(step)).stream()
                            .filter(node -> node.getAction(InputSubmittedAction.class) != null)
                            .max(Comparator.comparingInt(node -> Integer.parseInt(node.getId())))
                            .map(node ->
                                    node.getAction(InputSubmittedAction.class).getApprover())
                            .orElse(null);
        }
    }
}
