#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

#include "job/job.hpp"
#include "job/run_job.hpp"

namespace pinnace::jni {

/// The jobs that Java holds, by number. A number is never used twice, so that one that is stale or
/// made up is refused, never dereferenced. Thread safe.
class JobTable {
 public:
  std::int64_t add(std::unique_ptr<job::Job> job);
  /// Runs a job, once, on behalf of the calling thread; its credentials are gone when this returns.
  /// Throws as job::run_job(), and conflict for a job that is closed, runs or has run.
  std::string run(std::int64_t number, job::Listener& listener);
  /// Stops the job, now or as soon as it is run. Nothing for one that is closed.
  void cancel(std::int64_t number);
  /// Throws conflict while the job is in run. Nothing for one that is closed.
  void close(std::int64_t number);

 private:
  struct Entry {
    std::unique_ptr<job::Job> job;  ///< empty as soon as it is run
    std::stop_source stop;
    bool running = false;
  };
  std::mutex m_mutex;
  std::int64_t m_last = 0;
  std::map<std::int64_t, Entry> m_entries;
};

}  // namespace pinnace::jni
