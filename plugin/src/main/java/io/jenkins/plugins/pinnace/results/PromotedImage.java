package io.jenkins.plugins.pinnace.results;

import io.pinnace.engine.PromoteResult;
import java.io.Serializable;
import org.jenkinsci.plugins.scriptsecurity.sandbox.whitelists.Whitelisted;

/** What {@code containerPromote} returns. */
public final class PromotedImage implements Serializable {
    private static final long serialVersionUID = 1;

    private final String environment;
    private final String source;
    private final String reference;
    private final String digest;
    private final String tag;
    private final String replaced;

    private PromotedImage(PromoteResult result) {
        this.environment = result.environment();
        this.source = result.source();
        this.reference = result.target();
        this.digest = result.digest();
        this.tag = result.tag();
        this.replaced = result.replaced();
    }

    public static PromotedImage of(PromoteResult result) {
        return new PromotedImage(result);
    }

    @Whitelisted
    public String getEnvironment() {
        return environment;
    }

    @Whitelisted
    public String getSource() {
        return source;
    }

    /** The image in the environment. */
    @Whitelisted
    public String getReference() {
        return reference;
    }

    @Whitelisted
    public String getDigest() {
        return digest;
    }

    /** Null if it has none. */
    @Whitelisted
    public String getTag() {
        return tag;
    }

    /** The digest that the tag led to before; null if it led nowhere, or here. */
    @Whitelisted
    public String getReplaced() {
        return replaced;
    }

    @Override
    public String toString() {
        return reference;
    }
}
