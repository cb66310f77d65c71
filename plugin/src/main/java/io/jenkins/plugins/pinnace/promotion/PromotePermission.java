package io.jenkins.plugins.pinnace.promotion;

import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.security.Permission;
import hudson.security.PermissionGroup;
import hudson.security.PermissionScope;
import io.jenkins.plugins.pinnace.Messages;
import jenkins.model.Jenkins;

/** To promote, see {@link Promoters}. */
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
}
