package io.jenkins.plugins.pinnace.results;

import io.pinnace.engine.SignResult;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.scriptsecurity.sandbox.whitelists.Whitelisted;

/** What {@code containerSign} returns. */
public final class SignedImage implements Serializable {
    private static final long serialVersionUID = 1;

    private final String digest;
    private final ArrayList<String> signatures;

    private SignedImage(SignResult result) {
        this.digest = result.digest();
        this.signatures = new ArrayList<>(result.signatures().stream()
                .map(SignResult.Signature::signature)
                .toList());
    }

    public static SignedImage of(SignResult result) {
        return new SignedImage(result);
    }

    /** What was signed. */
    @Whitelisted
    public String getDigest() {
        return digest;
    }

    /** Digests of the manifests that have the signatures; the first one's is of {@link #getDigest}. */
    @Whitelisted
    public List<String> getSignatures() {
        return new ArrayList<>(signatures);
    }

    @Override
    public String toString() {
        return digest + " is signed";
    }
}
