package io.jenkins.plugins.pinnace.promotion;

import hudson.AbortException;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.Cause;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Run;
import hudson.model.User;
import hudson.security.Permission;
import hudson.security.PermissionGroup;
import hudson.security.PermissionScope;
import io.jenkins.plugins.pinnace.Messages;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import jenkins.model.Jenkins;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

/** Who may promote. */
public final class PromotePermission {
    public static final PermissionGroup GROUP =
            new PermissionGroup(PromotePermission.class, Messages._PromotePermission_group());

    public static final Permission PROMOTE = new Permission(
            GROUP, "Promote", Messages._PromotePermission_promote(), Jenkins.ADMINISTER, PermissionScope.ITEM);

    private PromotePermission() {}

    /** Permissions are known from when their class is loaded, and must be before somebody's are read. */
    @Initializer(after = InitMilestone.PLUGINS_STARTED, before = InitMilestone.EXTENSIONS_AUGMENTED)
    public static void register() {
        PROMOTE.getId();
    }

    /**
     * Both must have the permission: whom the build runs as, and every person who started it or a build that started it.
     *
     * @param build whom it runs as
     * @return who it is, for the record
     */
    static String check(Run<?, ?> run, Authentication build) throws AbortException {
        Job<?, ?> job = run.getParent();
        check(job, build, build.getName());
        Set<String> people = new TreeSet<>();
        addPeople(run.getCauses(), people);
        for (String id : people) {
            check(job, authentication(id), id);
        }
        return people.isEmpty() ? build.getName() : String.join(", ", people);
    }

    private static void check(Item job, Authentication who, String name) throws AbortException {
        if (!job.getACL().hasPermission2(who, PROMOTE)) {
            throw new AbortException(name + " is missing the " + GROUP.title + "/" + PROMOTE.name + " permission");
        }
    }

    /** Of long chains of builds Jenkins forgets the beginning: who is there can't have been checked. */
    private static void addPeople(List<? extends Cause> causes, Set<String> people) throws AbortException {
        for (Cause cause : causes) {
            if (cause instanceof Cause.UserIdCause started) {
                people.add(started.getUserId() == null ? "anonymous" : started.getUserId());
            } else if (cause instanceof Cause.UpstreamCause upstream) {
                addPeople(upstream.getUpstreamCauses(), people);
            } else if (cause instanceof Cause.UpstreamCause.DeeplyNestedUpstreamCause) {
                throw new AbortException("who started this build is not known: "
                        + "so many builds started one another that Jenkins does not remember the first one");
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
