package io.jenkins.plugins.pinnace.engine;

import java.io.Serializable;

/**
 * What opens a registry, on its way to where a job runs. It is never stored.
 *
 * @param key "host:port", or "host/path" for the repositories below
 * @param username null: the password is a token that is sent as it is
 */
public record RegistryLogin(String key, String username, String password) implements Serializable {
    @Override
    public String toString() {
        return "login of " + key;
    }
}
