package io.jenkins.plugins.pinnace.steps;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import io.jenkins.plugins.pinnace.Messages;
import io.jenkins.plugins.pinnace.engine.JobPlace;
import io.jenkins.plugins.pinnace.results.PinnedLock;
import io.pinnace.engine.PinRequest;
import io.pinnace.engine.PinResult;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** Fixes every outside input of definitions by digest, or checks that they are. */
public final class ContainerPinStep extends ContainerStep {
    private static final long serialVersionUID = 1;

    private ArrayList<String> files;
    private boolean check;
    private boolean update;
    private ArrayList<String> names = new ArrayList<>();

    @DataBoundConstructor
    public ContainerPinStep(List<String> files) {
        this.files = Parameters.copy(files);
    }

    /** Configurations of projects that were written by hand lack what is empty. */
    private Object readResolve() {
        files = Parameters.copy(files);
        names = Parameters.copy(names);
        return this;
    }

    public List<String> getFiles() {
        return List.copyOf(files);
    }

    public boolean isCheck() {
        return check;
    }

    @DataBoundSetter
    public void setCheck(boolean check) {
        this.check = check;
    }

    public boolean isUpdate() {
        return update;
    }

    @DataBoundSetter
    public void setUpdate(boolean update) {
        this.update = update;
    }

    public List<String> getNames() {
        return List.copyOf(names);
    }

    @DataBoundSetter
    public void setNames(List<String> names) {
        this.names = Parameters.copy(names);
    }

    @Override
    String subject() {
        return files.isEmpty() ? null : files.get(0);
    }

    @Override
    public ArrayList<PinnedLock> perform(JobContext job) throws IOException, InterruptedException {
        if (files.isEmpty()) {
            throw new AbortException("parameter files is required");
        }
        List<String> definitions = files.stream().map(job::file).toList();
        JobPlace place = job.place();
        PinResult result = place.run(
                settings -> PinRequest.builder(settings)
                        .definitions(definitions)
                        .check(check)
                        .update(update || !names.isEmpty())
                        .names(job.expand(names))
                        .build(),
                job.registries().access(null),
                job.listener());
        PrintStream log = place.inItsWords(job.listener()).getLogger();
        ArrayList<PinnedLock> locks = new ArrayList<>();
        for (PinResult.Lock lock : result.locks()) {
            tell(lock, log);
            locks.add(PinnedLock.of(lock));
        }
        if (check && locks.stream().anyMatch(PinnedLock::isChanged)) {
            throw new AbortException("a lock is out of date; containerPin without check brings it up to date");
        }
        return locks;
    }

    private void tell(PinResult.Lock lock, PrintStream log) {
        lock.differences().lines().forEach(log::println);
        String changed = check ? ": out of date" : ": written";
        log.println(lock.lock() + (lock.changed() ? changed : ": up to date"));
    }

    @Extension
    public static final class DescriptorImpl extends ContainerStepDescriptor {
        public DescriptorImpl() {
            super("containerPin", "files", "names");
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ContainerPinStep_displayName();
        }
    }
}
