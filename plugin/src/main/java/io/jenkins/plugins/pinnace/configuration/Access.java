package io.jenkins.plugins.pinnace.configuration;

import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.security.AccessControlled;
import hudson.security.Permission;
import jenkins.model.Jenkins;

/** Who may change, and so look at, the configuration of a place: null and Jenkins are the global one. */
final class Access {
    private Access() {}

    static Jenkins root() {
        return Jenkins.get();
    }

    static boolean mayConfigure(ItemGroup<?> context) {
        return place(context).hasPermission(permission(context));
    }

    static void checkConfigure(ItemGroup<?> context) {
        place(context).checkPermission(permission(context));
    }

    static AccessControlled place(ItemGroup<?> context) {
        return context instanceof AccessControlled controlled ? controlled : root();
    }

    private static Permission permission(ItemGroup<?> context) {
        return context instanceof Item ? Item.CONFIGURE : Jenkins.ADMINISTER;
    }
}
