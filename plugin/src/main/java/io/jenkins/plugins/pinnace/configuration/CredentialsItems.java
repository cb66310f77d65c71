package io.jenkins.plugins.pinnace.configuration;

import com.cloudbees.plugins.credentials.CredentialsMatcher;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Queue;
import hudson.model.queue.Tasks;
import hudson.security.ACL;
import hudson.util.ListBoxModel;
import java.util.List;
import java.util.Objects;
import jenkins.authentication.tokens.api.AuthenticationTokens;
import org.jenkinsci.plugins.docker.commons.credentials.DockerRegistryToken;
import org.springframework.security.core.Authentication;

/** The credentials that a form offers: those that some plugin can make the token of a registry of. */
final class CredentialsItems {
    private CredentialsItems() {}

    static CredentialsMatcher matcher() {
        return AuthenticationTokens.matcher(DockerRegistryToken.class);
    }

    /** Those that the builds in a place can use. */
    static ListBoxModel forBuilds(ItemGroup<?> context, String current) {
        Authentication builds = context instanceof Queue.Task task ? Tasks.getAuthenticationOf2(task) : ACL.SYSTEM2;
        return items(context, current, builds);
    }

    /** Those that the system has there. */
    static ListBoxModel forPromotion(ItemGroup<?> context, String current) {
        return items(context, current, ACL.SYSTEM2);
    }

    private static ListBoxModel items(ItemGroup<?> context, String current, Authentication authentication) {
        StandardListBoxModel items = new StandardListBoxModel();
        if (!Access.mayConfigure(context)) {
            items.includeCurrentValue(Objects.requireNonNullElse(current, ""));
            return items;
        }
        items.includeEmptyValue();
        if (context instanceof Item item) {
            items.includeMatchingAs(authentication, item, StandardCredentials.class, List.of(), matcher());
        } else {
            items.includeMatchingAs(authentication, Access.root(), StandardCredentials.class, List.of(), matcher());
        }
        return items.includeCurrentValue(Objects.requireNonNullElse(current, ""));
    }
}
