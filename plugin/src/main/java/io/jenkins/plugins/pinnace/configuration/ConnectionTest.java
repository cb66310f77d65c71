package io.jenkins.plugins.pinnace.configuration;

import hudson.AbortException;
import hudson.model.ItemGroup;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import io.jenkins.plugins.pinnace.Messages;
import io.jenkins.plugins.pinnace.engine.JobPlace;
import io.jenkins.plugins.pinnace.engine.RegistryAccess;
import io.jenkins.plugins.pinnace.engine.RegistryLogin;
import io.pinnace.engine.PingRequest;
import java.io.IOException;
import java.util.List;

/** Asks a registry, from the controller, whether it is there and takes the credentials. */
final class ConnectionTest {
    private ConnectionTest() {}

    static FormValidation run(RegistryConfiguration registry, ItemGroup<?> context) throws InterruptedException {
        try {
            if (registry.problem() != null) {
                return FormValidation.error(registry.problem());
            }
            RegistryAccess access = new RegistryAccess(
                    List.of(new RegistryAccess.Registry(
                            registry.host(), registry.isPlainHttp(), null, registry.getCaCertificate())),
                    logins(registry, context),
                    null,
                    true);
            JobPlace.controller()
                    .run(
                            settings -> PingRequest.builder(settings)
                                    .registry(registry.prefix())
                                    .build(),
                            access,
                            TaskListener.NULL);
            return FormValidation.ok(Messages.ConnectionTest_ok());
        } catch (IOException e) {
            return FormValidation.error(e.getMessage());
        }
    }

    private static List<RegistryLogin> logins(RegistryConfiguration registry, ItemGroup<?> context)
            throws AbortException {
        if (registry.getCredentialsId() == null) {
            return List.of();
        }
        RegistryLogin login = Logins.ofSystem(registry.prefix(), registry.getCredentialsId(), context, null);
        if (login == null) {
            throw new AbortException(Messages.ConnectionTest_noCredentials(registry.getCredentialsId()));
        }
        return List.of(login);
    }
}
