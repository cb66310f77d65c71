package io.jenkins.plugins.pinnace.configuration;

import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.IdCredentials;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.domains.DomainRequirement;
import com.cloudbees.plugins.credentials.domains.HostnamePortRequirement;
import com.cloudbees.plugins.credentials.domains.HostnameRequirement;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Run;
import hudson.security.ACL;
import io.jenkins.plugins.pinnace.engine.RegistryLogin;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import jenkins.authentication.tokens.api.AuthenticationTokens;
import org.jenkinsci.plugins.docker.commons.credentials.DockerRegistryToken;

/**
 * Credentials by their ID, as what a registry wants to see. Cloud registries' plugins make their short-lived tokens of
 * theirs here, so this is asked at the time of use.
 */
final class Logins {
    /** A password may be a key of several lines. */
    private static final Pattern BINARY = Pattern.compile("[\\p{Cc}&&[^\\t\\r\\n]]");

    private Logins() {}

    /** As the build may use them; null if it may not, or there are none. */
    @CheckForNull
    static RegistryLogin ofBuild(String key, String credentialsId, Run<?, ?> run) {
        StandardCredentials credentials = CredentialsProvider.findCredentialById(
                credentialsId, StandardCredentials.class, run, requirements(key));
        CredentialsProvider.track(run, credentials);
        return login(key, credentials);
    }

    /** As the system has them in a place; null if there are none. The run is noted in their usage. */
    @CheckForNull
    static RegistryLogin ofSystem(String key, String credentialsId, ItemGroup<?> owner, @CheckForNull Run<?, ?> run) {
        List<StandardCredentials> all = owner instanceof Item item
                ? CredentialsProvider.lookupCredentialsInItem(
                        StandardCredentials.class, item, ACL.SYSTEM2, requirements(key))
                : CredentialsProvider.lookupCredentialsInItemGroup(
                        StandardCredentials.class, owner, ACL.SYSTEM2, requirements(key));
        StandardCredentials credentials =
                CredentialsMatchers.firstOrNull(all, CredentialsMatchers.withId(credentialsId));
        if (run != null) {
            CredentialsProvider.track(run, credentials);
        }
        return login(key, credentials);
    }

    private static List<DomainRequirement> requirements(String key) {
        String host = Names.host(key);
        int colon = host.lastIndexOf(':');
        if (colon < 0 || host.endsWith("]")) {
            return List.of(new HostnameRequirement(host));
        }
        int port = Integer.parseInt(host.substring(colon + 1));
        return List.of(new HostnamePortRequirement(host.substring(0, colon), port));
    }

    private static RegistryLogin login(String key, IdCredentials credentials) {
        DockerRegistryToken token = AuthenticationTokens.convert(DockerRegistryToken.class, credentials);
        return token == null ? null : login(key, token.getToken());
    }

    /** The token is what Docker calls "auth": "user:password" in Base64; anything else is sent as it is. */
    static RegistryLogin login(String key, String token) {
        String pair = decoded(token);
        int colon = pair.indexOf(':');
        return colon > 0
                ? new RegistryLogin(key, pair.substring(0, colon), pair.substring(colon + 1))
                : new RegistryLogin(key, null, token);
    }

    /** Many an opaque token is Base64 as well, but of no text. Empty if it is none. */
    private static String decoded(String token) {
        try {
            byte[] bytes = Base64.getDecoder().decode(token);
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return BINARY.matcher(text).find() ? "" : text;
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return "";
        }
    }
}
