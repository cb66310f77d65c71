#pragma once

#include <string>

#include "job/job.hpp"

namespace pinnace::job {

/// Follows a job on the thread that called run_job().
class Listener {
 public:
  virtual ~Listener() = default;
  /// What it throws stops the job, and is thrown by run_job() when the job has ended.
  virtual void on_event(const base::Event& event) = 0;
  /// Asked ten times a second and more: true stops the job.
  virtual bool wants_stop() { return false; }
};

/// Runs `job` on a thread of its own and hands its events to `listener` on the calling thread,
/// through an EventQueue; context.events is not used. For callers that must not be called from
/// foreign threads: a JVM, a pipe. Returns and throws as Job::run(), after all events are handed
/// out; what ends earlier than a stop reaches it has its result.
std::string run_job(Job& job, const base::Context& context, Listener& listener);

}  // namespace pinnace::job
