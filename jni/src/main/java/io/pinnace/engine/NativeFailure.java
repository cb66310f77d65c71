package io.pinnace.engine;

/** An error of the library as JSON. Made by the library. */
final class NativeFailure extends Exception {
    private static final long serialVersionUID = 1;

    private final byte[] json;

    NativeFailure(byte[] json) {
        this.json = json;
    }

    EngineException toEngineException() {
        return Protocol.error(json);
    }
}
