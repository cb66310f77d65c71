package io.jenkins.plugins.pinnace.configuration;

import com.cloudbees.plugins.credentials.CredentialsMatcher;
import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Item;
import hudson.model.Run;
import hudson.util.ListBoxModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jenkinsci.plugins.plaincredentials.FileCredentials;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/** Keys and their passwords by the ID of credentials: a secret file, or a secret text. */
public final class SigningKeys {
    /** Far more than a key in PEM format has. */
    private static final int MAX_BYTES = 64 << 10;

    private static final CredentialsMatcher MATCHER = CredentialsMatchers.anyOf(
            CredentialsMatchers.instanceOf(FileCredentials.class),
            CredentialsMatchers.instanceOf(StringCredentials.class));

    private SigningKeys() {}

    /**
     * The text, as the build may use it; its use is noted.
     *
     * @throws AbortException if the build may not, or they are of another kind
     */
    public static String text(String credentialsId, Run<?, ?> run) throws IOException {
        StandardCredentials credentials =
                CredentialsProvider.findCredentialById(credentialsId, StandardCredentials.class, run, List.of());
        CredentialsProvider.track(run, credentials);
        if (credentials instanceof FileCredentials file) {
            return textOf(file);
        }
        if (credentials instanceof StringCredentials text) {
            return text.getSecret().getPlainText();
        }
        throw new AbortException(
                credentials == null
                        ? "there are no credentials \"" + credentialsId + "\" that this build may use"
                        : "credentials \"" + credentialsId + "\": expected a secret file or a secret text");
    }

    private static String textOf(FileCredentials file) throws IOException {
        try (InputStream content = file.getContent()) {
            byte[] bytes = content.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new AbortException("credentials \"" + file.getId() + "\": expected a key of at most " + MAX_BYTES
                        + " bytes in PEM format");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** What a form of a project offers. */
    public static ListBoxModel items(@CheckForNull Item item, @CheckForNull String current) {
        return CredentialsItems.forStep(item, current, MATCHER);
    }
}
