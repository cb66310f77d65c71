package io.jenkins.plugins.pinnace.promotion;

import hudson.AbortException;
import hudson.model.Cause;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.User;
import hudson.security.AccessControlled;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import jenkins.model.Jenkins;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

/** In whose name a build promotes: whom it runs as, and every person who started it or a build that started it. */
final class Promoters {
    private final Run<?, ?> run;
    private final Authentication build;
    private final Set<String> people = new TreeSet<>();
    private boolean isComplete = true;

    /** @param build whom it runs as */
    Promoters(Run<?, ?> run, Authentication build) {
        this.run = run;
        this.build = build;
        addPeople(run.getCauses());
    }

    /** The people; without any, whom the build runs as. */
    String names() {
        return people.isEmpty() ? build.getName() : String.join(", ", people);
    }

    /**
     * All of them must have the permission, on the job and on what owns the environments: who configures a job may be able
     * to give himself every permission on it.
     *
     * @param owners Jenkins and folders
     */
    void check(Collection<AccessControlled> owners) throws AbortException {
        if (!isComplete) {
            throw new AbortException("who started this build is not known: "
                    + "so many builds started one another that Jenkins does not remember the first one");
        }
        check(run.getParent());
        for (AccessControlled owner : owners) {
            check(owner);
        }
    }

    private void check(AccessControlled place) throws AbortException {
        check(place, build, build.getName());
        for (String id : people) {
            check(place, authentication(id), id);
        }
    }

    private static void check(AccessControlled place, Authentication who, String name) throws AbortException {
        if (!place.getACL().hasPermission2(who, PromotePermission.PROMOTE)) {
            throw new AbortException(name + " is missing the " + PromotePermission.GROUP.title + "/"
                    + PromotePermission.PROMOTE.name + " permission on "
                    + (place instanceof Item item ? item.getFullName() : "Jenkins"));
        }
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
