package io.jenkins.plugins.pinnace.promotion;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Cause;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.AccessControlled;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import jenkins.model.Jenkins;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

/**
 * In whose name a build promotes: who approved it last, or else whoever started it, which are whom it runs as, and every
 * person who started it or a build that started it. The system itself, as which builds run unless Jenkins is told
 * otherwise, is nobody.
 */
final class Promoters {
    private final Run<?, ?> run;
    private final Authentication build;
    private final String approver;
    private final Set<String> people = new TreeSet<>();
    private boolean isComplete = true;

    /**
     * @param build whom it runs as
     * @param approver see {@link Approval}; null: nobody
     */
    Promoters(Run<?, ?> run, Authentication build, @CheckForNull String approver) {
        this.run = run;
        this.build = build;
        this.approver = approver;
        addPeople(run.getCauses());
    }

    /** The people; without any, whom the build runs as. */
    String names() {
        String started = String.join(", ", people);
        if (approver != null) {
            return approver + " (approved" + (people.isEmpty() ? ")" : "; started by " + started + ")");
        }
        return people.isEmpty() ? build.getName() : started;
    }

    /**
     * Who approved it must have the permission, or all who started it, on the job and on what owns the environments: who
     * configures a job may be able to give himself every permission on it.
     *
     * @param owners Jenkins and folders
     * @param unattended whether a build may do so that nobody started and nobody approved
     */
    void check(Collection<AccessControlled> owners, boolean unattended) throws AbortException {
        List<AccessControlled> places = new ArrayList<>(owners);
        places.add(0, run.getParent());
        String unapproved = approver == null ? null : missing(approver, authentication(approver), places);
        if (approver != null && unapproved == null) {
            return;
        }
        String unstarted = missingOfStarters(places, unattended);
        if (unstarted != null) {
            throw new AbortException(unapproved == null ? unstarted : unapproved + ", and " + unstarted);
        }
    }

    @CheckForNull
    private String missingOfStarters(List<AccessControlled> places, boolean unattended) {
        if (!isComplete) {
            return "who started this build is not known: "
                    + "so many builds started one another that Jenkins does not remember the first one";
        }
        boolean isSystem = build.equals(ACL.SYSTEM2);
        if (isSystem && people.isEmpty()) {
            return unattended
                    ? null
                    : "nobody started this build: somebody with the " + permission()
                            + " permission must start it, or approve it by an input step; "
                            + "or an administrator lets unattended builds promote into this environment";
        }
        String missing = isSystem ? null : missing(build.getName(), build, places);
        for (String id : people) {
            missing = missing == null ? missing(id, authentication(id), places) : missing;
        }
        return missing;
    }

    /** Null if nothing is. */
    @CheckForNull
    private static String missing(String name, Authentication who, List<AccessControlled> places) {
        for (AccessControlled place : places) {
            if (!place.getACL().hasPermission2(who, PromotePermission.PROMOTE)) {
                return name + " is missing the " + permission() + " permission on "
                        + (place instanceof Item item ? item.getFullName() : "Jenkins");
            }
        }
        return null;
    }

    private static String permission() {
        return PromotePermission.GROUP.title + "/" + PromotePermission.PROMOTE.name;
    }

    /** Of long chains of builds Jenkins forgets the beginning: who is there can't be checked. */
    private void addPeople(List<? extends Cause> causes) {
        for (Cause cause : causes) {
            if (cause instanceof Cause.UserIdCause started) {
                people.add(started.getUserId() == null ? "anonymous" : started.getUserId());
            } else if (cause instanceof Cause.UpstreamCause upstream) {
                addPeople(upstream.getUpstreamCauses());
            } else if (cause instanceof Cause.UpstreamCause.DeeplyNestedUpstreamCause) {
                isComplete = false;
            }
        }
    }

    private static Authentication authentication(String id) {
        User user = User.getById(id, false);
        try {
            return user == null ? Jenkins.ANONYMOUS2 : user.impersonate2();
        } catch (UsernameNotFoundException e) {
            return Jenkins.ANONYMOUS2;
        }
    }
}
