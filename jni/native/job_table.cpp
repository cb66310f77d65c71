#include "job_table.hpp"

#include "base/error.hpp"

namespace pinnace::jni {

using base::Error;
using base::ErrorCode;

std::int64_t JobTable::add(std::unique_ptr<job::Job> job) {
  const std::lock_guard lock(m_mutex);
  m_entries[++m_last].job = std::move(job);
  return m_last;
}

std::string JobTable::run(std::int64_t number, job::Listener& listener) {
  std::unique_ptr<job::Job> job;
  base::Context context;
  Entry* entry = nullptr;
  {
    const std::lock_guard lock(m_mutex);
    const auto found = m_entries.find(number);
    if (found == m_entries.end()) throw Error(ErrorCode::conflict, "the job is closed");
    entry = &found->second;
    if (entry->running) throw Error(ErrorCode::conflict, "the job is running already");
    if (!entry->job) throw Error(ErrorCode::conflict, "the job has run already; open another one");
    job = std::move(entry->job);
    context.stop = entry->stop.get_token();
    entry->running = true;
  }
  // close() leaves the entry alone until here.
  const auto end = [&](Entry* running) {
    const std::lock_guard lock(m_mutex);
    running->running = false;
  };
  const std::unique_ptr<Entry, decltype(end)> ending(entry, end);
  return job::run_job(*job, context, listener);
}

void JobTable::cancel(std::int64_t number) {
  std::stop_source stop(std::nostopstate);
  {
    const std::lock_guard lock(m_mutex);
    const auto found = m_entries.find(number);
    if (found != m_entries.end()) stop = found->second.stop;
  }
  // Not under the lock: callbacks of others run here.
  if (stop.stop_possible()) stop.request_stop();
}

void JobTable::close(std::int64_t number) {
  std::map<std::int64_t, Entry>::node_type closed;
  const std::lock_guard lock(m_mutex);
  const auto found = m_entries.find(number);
  if (found == m_entries.end()) return;
  if (found->second.running) {
    throw Error(ErrorCode::conflict, "the job is running; cancel it before it is closed");
  }
  closed = m_entries.extract(found);
}

}  // namespace pinnace::jni
