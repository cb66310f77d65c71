package io.pinnace.engine;

import java.util.Locale;

/** What kind of failure it was, as the protocol names it in lower case. */
public enum ErrorCode {
    /** The request, a file or a reference is wrong; trying again changes nothing. */
    INVALID_INPUT,
    /** The thing named does not exist. */
    NOT_FOUND,
    /** What is there forbids it: an immutable tag, a policy that does not admit it. */
    CONFLICT,
    /** No or wrong credentials. */
    UNAUTHORIZED,
    /** The peer knows us, and refuses. */
    DENIED,
    /** The peer or the network failed. */
    UNAVAILABLE,
    /** Bytes do not have the digest or size that was promised. */
    INTEGRITY,
    /** Correct, but not something that this version or platform can do. */
    UNSUPPORTED,
    /** The caller asked to stop. */
    CANCELLED,
    /** A local file or disk failed. */
    IO,
    /** A defect of Pinnace. */
    INTERNAL;

    /** Whether the same request may succeed later. */
    public boolean isRetryable() {
        return this == UNAVAILABLE || this == IO;
    }

    /** A code that is not known is a defect. */
    static ErrorCode of(String name) {
        for (ErrorCode code : values()) {
            if (code.name().toLowerCase(Locale.ROOT).equals(name)) {
                return code;
            }
        }
        return INTERNAL;
    }
}
