#include "job/run_job.hpp"

#include <exception>
#include <thread>

#include "base/thread.hpp"
#include "job/event_queue.hpp"

namespace pinnace::job {

namespace {

constexpr auto k_ask_interval = std::chrono::milliseconds(100);

/// A job on its thread; ends, at the latest, when this goes.
class RunningJob {
 public:
  RunningJob(Job& job, const base::Context& context)
      : m_forward(context.stop, [this] { m_stop.request_stop(); }) {
    base::Context inner = context;
    inner.stop = m_stop.get_token();
    inner.events = &m_queue;
    m_thread = base::start_thread([this, &job, inner] { work(job, inner); });
  }

  ~RunningJob() {
    m_stop.request_stop();
    m_queue.drop();
  }

  /// Hands events out until the job has ended.
  void follow(Listener& listener) {
    while (!m_queue.at_end()) {
      if (const auto event = m_queue.next(k_ask_interval)) listener.on_event(*event);
      if (!m_stop.stop_requested() && listener.wants_stop()) m_stop.request_stop();
    }
  }

  std::string result() {
    m_thread.join();
    if (m_failure) std::rethrow_exception(m_failure);
    return std::move(m_result);
  }

 private:
  void work(Job& job, const base::Context& context) noexcept {
    try {
      m_result = job.run(context);
    } catch (...) {
      m_failure = std::current_exception();
    }
    m_queue.finish();
  }

  std::stop_source m_stop;
  std::stop_callback<std::function<void()>> m_forward;
  EventQueue m_queue;
  std::string m_result;
  std::exception_ptr m_failure;
  std::jthread m_thread;  // last: joined while the rest is still there
};

}  // namespace

std::string run_job(Job& job, const base::Context& context, Listener& listener) {
  RunningJob running(job, context);
  running.follow(listener);
  return running.result();
}

}  // namespace pinnace::job
