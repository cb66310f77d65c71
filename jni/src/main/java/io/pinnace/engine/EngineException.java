package io.pinnace.engine;

import java.util.ArrayList;
import java.util.List;

/** A job failed. The message is one line with the whole trail; no part of it holds a secret. */
public final class EngineException extends Exception {
    private static final long serialVersionUID = 1;

    private final ErrorCode code;
    private final String reason;
    private final ArrayList<String> context;

    public EngineException(ErrorCode code, String reason, List<String> context) {
        super(message(reason, context));
        this.code = code;
        this.reason = reason;
        this.context = new ArrayList<>(context);
    }

    EngineException(ErrorCode code, String reason) {
        this(code, reason, List.of());
    }

    EngineException(ErrorCode code, String reason, Throwable cause) {
        this(code, reason);
        initCause(cause);
    }

    public ErrorCode code() {
        return code;
    }

    /** The failure itself, without what it happened in. */
    public String reason() {
        return reason;
    }

    /** What it happened in, outermost first. */
    public List<String> context() {
        return List.copyOf(context);
    }

    /** Whether the same request may succeed later. */
    public boolean isRetryable() {
        return code.isRetryable();
    }

    private static String message(String reason, List<String> context) {
        StringBuilder text = new StringBuilder();
        context.forEach(step -> text.append(step).append(": "));
        return text.append(reason).toString();
    }
}
