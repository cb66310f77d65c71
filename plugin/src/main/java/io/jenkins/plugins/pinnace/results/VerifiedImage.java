package io.jenkins.plugins.pinnace.results;

import io.pinnace.engine.VerifyResult;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.scriptsecurity.sandbox.whitelists.Whitelisted;

/** What {@code containerVerify} returns. */
public final class VerifiedImage implements Serializable {
    private static final long serialVersionUID = 1;

    private final String digest;
    private final boolean verified;
    private final ArrayList<String> reasons;
    private final int signatures;

    private VerifiedImage(VerifyResult result) {
        this.digest = result.digest();
        this.verified = result.verified();
        this.reasons = new ArrayList<>(result.reasons());
        this.signatures = result.signatures().size();
    }

    public static VerifiedImage of(VerifyResult result) {
        return new VerifiedImage(result);
    }

    /** Of the index or manifest that was looked at: what is used next is best named by it. */
    @Whitelisted
    public String getDigest() {
        return digest;
    }

    /** Whether all that was wanted is so. */
    @Whitelisted
    public boolean isVerified() {
        return verified;
    }

    /** Why not, all of them. */
    @Whitelisted
    public List<String> getReasons() {
        return new ArrayList<>(reasons);
    }

    /** How many signatures and attestations count. */
    @Whitelisted
    public int getSignatures() {
        return signatures;
    }

    @Override
    public String toString() {
        return digest + (verified ? " is verified" : " is not verified");
    }
}
