package io.jenkins.plugins.pinnace.configuration;

import com.cloudbees.plugins.credentials.CredentialsMatcher;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Queue;
import hudson.model.queue.Tasks;
import hudson.security.ACL;
import hudson.util.ListBoxModel;
import java.util.List;
import java.util.Objects;
import jenkins.authentication.tokens.api.AuthenticationTokens;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.docker.commons.credentials.DockerRegistryToken;
import org.springframework.security.core.Authentication;

/** The credentials that a form offers. */
final class CredentialsItems {
    private CredentialsItems() {}

    /** Those that some plugin can make the token of a registry of. */
    static CredentialsMatcher matcher() {
        return AuthenticationTokens.matcher(DockerRegistryToken.class);
    }

    /** Those that the builds in a place can use. */
    static ListBoxModel forBuilds(ItemGroup<?> context, String current) {
        return ofRegistries(context, current, authenticationOfBuilds(context));
    }

    /** Those that the system has there. */
    static ListBoxModel forPromotion(ItemGroup<?> context, String current) {
        return ofRegistries(context, current, ACL.SYSTEM2);
    }

    /** Those that the builds of a project can use for a step; null is where no project is known. */
    static ListBoxModel forStep(@CheckForNull Item project, String current, CredentialsMatcher matcher) {
        boolean allowed = project == null
                ? Access.root().hasPermission(Jenkins.ADMINISTER)
                : project.hasPermission(Item.EXTENDED_READ) || project.hasPermission(CredentialsProvider.USE_ITEM);
        return items(allowed, project, current, authenticationOfBuilds(project), matcher);
    }

    private static Authentication authenticationOfBuilds(@CheckForNull Object place) {
        return place instanceof Queue.Task task ? Tasks.getAuthenticationOf2(task) : ACL.SYSTEM2;
    }

    private static ListBoxModel ofRegistries(ItemGroup<?> context, String current, Authentication authentication) {
        Item place = context instanceof Item item ? item : null;
        return items(Access.mayConfigure(context), place, current, authentication, matcher());
    }

    /**
     * @param allowed whether who looks may know more than what is chosen
     * @param place null: Jenkins itself
     */
    private static ListBoxModel items(
            boolean allowed,
            @CheckForNull Item place,
            String current,
            Authentication authentication,
            CredentialsMatcher matcher) {
        StandardListBoxModel items = new StandardListBoxModel();
        if (allowed) {
            items.includeEmptyValue();
            if (place == null) {
                items.includeMatchingAs(authentication, Access.root(), StandardCredentials.class, List.of(), matcher);
            } else {
                items.includeMatchingAs(authentication, place, StandardCredentials.class, List.of(), matcher);
            }
        }
        return items.includeCurrentValue(Objects.requireNonNullElse(current, ""));
    }
}
