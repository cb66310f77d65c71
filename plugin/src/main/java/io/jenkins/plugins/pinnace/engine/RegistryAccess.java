package io.jenkins.plugins.pinnace.engine;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.pinnace.text.SecretMask;
import io.pinnace.engine.Credentials;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How a job reaches registries: the settings, which go into a file where it runs, and the logins, which never do.
 *
 * @param environments text of an environments.yaml; null: none
 * @param somebodyWaits a person: a registry that does not answer is given up within seconds
 * @param secretFiles texts by file name: keys, which the job reads in files that only its user can read while it runs
 */
public record RegistryAccess(
        List<Registry> registries,
        List<RegistryLogin> logins,
        String environments,
        boolean somebodyWaits,
        Map<String, String> secretFiles)
        implements Serializable {
    static final String SETTINGS = "registries.json";
    static final String ENVIRONMENTS = "environments.json";

    /** The settings of one host, as in docs/formats/registries.md; null for none. */
    public record Registry(String host, boolean plainHttp, String mirror, String caCertificate)
            implements Serializable {}

    public RegistryAccess {
        registries = List.copyOf(registries);
        logins = List.copyOf(logins);
        secretFiles = Map.copyOf(secretFiles);
    }

    public RegistryAccess(
            List<Registry> registries, List<RegistryLogin> logins, String environments, boolean somebodyWaits) {
        this(registries, logins, environments, somebodyWaits, Map.of());
    }

    public RegistryAccess(List<Registry> registries, List<RegistryLogin> logins, String environments) {
        this(registries, logins, environments, false);
    }

    /** The same, with files: {@link JobPlace#secretFile} says where they are. */
    public RegistryAccess withSecretFiles(Map<String, String> files) {
        return new RegistryAccess(registries, logins, environments, somebodyWaits, files);
    }

    SecretMask mask() {
        return SecretMask.of(
                Stream.concat(logins.stream().map(RegistryLogin::password), secretFiles.values().stream())
                        .toList(),
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

    /** Writes all but the logins. */
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
        for (Map.Entry<String, String> secret : secretFiles.entrySet()) {
            writeSecret(directory.resolve(secret.getKey()), secret.getValue());
        }
    }

    private static void writeSecret(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }
}
