package io.jenkins.plugins.pinnace.engine;

import hudson.util.ListBoxModel;
import io.jenkins.plugins.pinnace.Messages;
import io.pinnace.engine.EngineException;
import io.pinnace.engine.EngineSettings;
import java.nio.file.Path;
import java.util.List;
import jenkins.util.JenkinsJVM;

/** What runs jobs on agents. */
public enum EngineKind {
    /** In a process of its own. */
    PROCESS,
    /** In the agent's JVM. */
    JNI;

    /** On the controller it is a process always: a crash of native code must not end Jenkins. */
    io.pinnace.engine.Engine create(List<Path> directories) throws EngineException {
        EngineSettings.Kind kind = isInJvm() ? EngineSettings.Kind.JNI : EngineSettings.Kind.PROCESS;
        return new EngineSettings(kind, directories, null).create();
    }

    boolean isInJvm() {
        return this == JNI && !JenkinsJVM.isJenkinsJVM();
    }

    public static ListBoxModel items() {
        return new ListBoxModel(
                new ListBoxModel.Option(Messages.EngineKind_process(), PROCESS.name()),
                new ListBoxModel.Option(Messages.EngineKind_jni(), JNI.name()));
    }
}
