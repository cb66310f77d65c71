package io.pinnace.engine;

/** A job whose result is read into its record. */
final class TypedJob<R> implements Job<R> {
    private final Request<R> request;
    private final Job<byte[]> job;

    TypedJob(Request<R> request, Job<byte[]> job) {
        this.request = request;
        this.job = job;
    }

    @Override
    public R run(EventListener listener) throws EngineException, InterruptedException {
        return Protocol.readResult(request, job.run(listener));
    }

    @Override
    public void cancel() {
        job.cancel();
    }

    @Override
    public void close() {
        job.close();
    }
}
