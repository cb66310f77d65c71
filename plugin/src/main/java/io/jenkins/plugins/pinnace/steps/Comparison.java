package io.jenkins.plugins.pinnace.steps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.pinnace.engine.JobPlace;
import io.jenkins.plugins.pinnace.engine.RegistryAccess;
import io.jenkins.plugins.pinnace.page.BuildContainers;
import io.jenkins.plugins.pinnace.results.ImageDifference;
import io.pinnace.engine.DiffRequest;
import io.pinnace.engine.DiffResult;
import java.io.IOException;

/** Compares images for a step, and puts on the build's page what it finds. */
final class Comparison {
    /** What is on the page. */
    private static final String SHOWN = "text";

    private final JobContext job;
    private final RegistryAccess access;

    Comparison(JobContext job, RegistryAccess access) {
        this.job = job;
        this.access = access;
    }

    /**
     * @param platform null: all
     * @param source directory that may be a clone with the commits of both images
     * @param report format of the report that is wanted; null: none
     */
    record Options(
            @CheckForNull String platform,
            String source,
            @CheckForNull String report) {}

    ImageDifference of(String from, String to, Options options) throws IOException, InterruptedException {
        return of(from, to, options, null);
    }

    /**
     * @param before the build of this job that made {@code from}; null: another job may have
     */
    private ImageDifference of(String from, String to, Options options, @CheckForNull Run<?, ?> before)
            throws IOException, InterruptedException {
        DiffResult shown = diff(from, to, options, SHOWN);
        String report = options.report() == null || SHOWN.equals(options.report())
                ? shown.report()
                : diff(from, to, options, options.report()).report();
        ImageDifference difference = ImageDifference.of(shown, options.report() == null ? null : report);
        BuildContainers.of(job.run()).add(from, to, difference, shown.report(), before, job.listener());
        return difference;
    }

    /**
     * What changed since the last successful build of the job made an image of this name. Null if there is none, or it
     * can't be told: the image is there all the same, and a line in the log says why.
     *
     * @param image by digest
     */
    @CheckForNull
    ImageDifference sinceLastSuccess(String image) throws IOException, InterruptedException {
        Run<?, ?> before = job.run().getPreviousSuccessfulBuild();
        String former = before == null ? null : BuildContainers.of(before).lastLike(image);
        if (former == null) {
            return null;
        }
        try {
            ImageDifference difference = of(former, image, new Options(null, job.file("."), null), before);
            job.listener().getLogger().println("since " + before.getDisplayName() + ": " + difference);
            return difference;
        } catch (AbortException e) {
            job.listener()
                    .getLogger()
                    .println("warning: what changed since " + before.getDisplayName() + " is not known: "
                            + e.getMessage());
            return null;
        }
    }

    private DiffResult diff(String from, String to, Options options, String report)
            throws IOException, InterruptedException {
        JobPlace place = job.place();
        String environments = place.environmentsFile(access);
        return place.run(
                settings -> DiffRequest.builder(settings)
                        .from(from)
                        .to(to)
                        .platform(options.platform())
                        .source(options.source())
                        .report(report)
                        .environments(environments)
                        .build(),
                access,
                job.listener());
    }
}
