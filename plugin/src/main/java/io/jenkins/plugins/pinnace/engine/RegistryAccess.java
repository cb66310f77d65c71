package io.jenkins.plugins.pinnace.engine;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.pinnace.text.SecretMask;
import io.pinnace.engine.Credentials;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * How a job reaches registries: the settings, which go into a file where it runs, and the logins, which never do.
 *
 * @param environments text of an environments.yaml; null: none
 * @param somebodyWaits a person: a registry that does not answer is given up within seconds
 */
public record RegistryAccess(
        List<Registry> registries, List<RegistryLogin> logins, String environments, boolean somebodyWaits)
        implements Serializable {
    static final String SETTINGS = "registries.json";
    static final String ENVIRONMENTS = "environments.json";

    /** The settings of one host, as in docs/formats/registries.md; null for none. */
    public record Registry(String host, boolean plainHttp, String mirror, String caCertificate)
            implements Serializable {}

    public RegistryAccess {
        registries = List.copyOf(registries);
        logins = List.copyOf(logins);
    }

    public RegistryAccess(List<Registry> registries, List<RegistryLogin> logins, String environments) {
        this(registries, logins, environments, false);
    }

    SecretMask mask() {
        return SecretMask.of(
                logins.stream().map(RegistryLogin::password).toList(),
                logins.stream()
                        .filter(login -> login.username() != null)
                        .map(login -> login.username() + ":" + login.password())
                        .toList());
    }

    Credentials credentials() {
        Credentials.Builder builder = Credentials.builder();
        for (RegistryLogin login : logins) {
            char[] secret = login.password().toCharArray();
            if (login.username() == null) {
                builder.registryToken(login.key(), secret);
            } else {
                builder.password(login.key(), login.username(), secret);
            }
            Arrays.fill(secret, '\0');
        }
        return builder.build();
    }

    /** Writes what is not secret. */
    void writeTo(Path directory) throws IOException {
        JsonMapper json = new JsonMapper();
        ObjectNode file = json.createObjectNode().put("version", 1);
        if (somebodyWaits) {
            file.putObject("transfer").put("silence", "5s").put("attempts", 1).put("giveUpAfter", "15s");
        }
        ObjectNode hosts = file.putObject("registries");
        for (int i = 0; i < registries.size(); i++) {
            Registry registry = registries.get(i);
            ObjectNode settings = hosts.putObject(registry.host());
            if (registry.plainHttp()) {
                settings.put("plainHttp", true);
            }
            if (registry.mirror() != null) {
                settings.put("mirror", registry.mirror());
            }
            if (registry.caCertificate() != null) {
                String authorities = "ca-" + i + ".pem";
                Files.writeString(directory.resolve(authorities), registry.caCertificate());
                settings.put("ca", authorities);
            }
        }
        Files.write(directory.resolve(SETTINGS), json.writeValueAsBytes(file));
        if (environments != null) {
            Files.writeString(directory.resolve(ENVIRONMENTS), environments);
        }
    }
}
