#include "base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <set>
#include <thread>

#include "base/error.hpp"
#include "base/thread.hpp"

namespace pinnace::base {

void for_each_parallel(const Context& context, std::size_t count, unsigned parallel,
                       const std::function<void(const Context&, std::size_t)>& work) {
  std::stop_source stop;
  const std::stop_callback forward(context.stop, [&] { stop.request_stop(); });
  Context inner = context;
  inner.stop = stop.get_token();
  std::atomic<std::size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr first_error;

  const auto run = [&] {
    for (std::size_t i = next++; i < count && !stop.stop_requested(); i = next++) {
      try {
        work(inner, i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!first_error) first_error = std::current_exception();
        stop.request_stop();
      }
    }
  };
  {
    const std::size_t threads = std::min<std::size_t>(count, std::max(1U, parallel));
    std::vector<std::jthread> others;
    others.reserve(threads);
    for (std::size_t i = 1; i < threads; ++i) {
      try {
        others.push_back(start_thread(run));
      } catch (const Error&) {
        break;  // those that are there do all of it
      }
    }
    run();
  }
  if (first_error) std::rethrow_exception(first_error);
  context.check();
}

namespace {

/// Hands out what is ready, each once.
class ReadyQueue {
 public:
  explicit ReadyQueue(const std::vector<std::vector<std::size_t>>& dependencies)
      : m_waits_for(dependencies.size()), m_needed_by(dependencies.size()) {
    for (std::size_t i = 0; i < dependencies.size(); ++i) {
      const std::set<std::size_t> distinct(dependencies[i].begin(), dependencies[i].end());
      if (!distinct.empty() && *distinct.rbegin() >= i)
        throw Error(ErrorCode::internal, "work depends on later work");
      m_waits_for[i] = distinct.size();
      if (distinct.empty()) m_ready.insert(i);
      for (const std::size_t other : distinct) m_needed_by[other].push_back(i);
    }
  }

  /// Waits; false when all is done or given up.
  bool take(std::size_t& number) {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [&] { return !m_ready.empty() || m_running == 0 || m_given_up; });
    if (m_ready.empty() || m_given_up) return false;
    number = m_ready.extract(m_ready.begin()).value();
    ++m_running;
    return true;
  }

  void done(std::size_t number) {
    const std::lock_guard lock(m_mutex);
    for (const std::size_t other : m_needed_by[number]) {
      if (--m_waits_for[other] == 0) m_ready.insert(other);
    }
    --m_running;
    m_changed.notify_all();
  }

  void give_up() {
    const std::lock_guard lock(m_mutex);
    m_given_up = true;
    m_changed.notify_all();
  }

 private:
  std::mutex m_mutex;
  std::condition_variable m_changed;
  std::vector<std::size_t> m_waits_for;
  std::vector<std::vector<std::size_t>> m_needed_by;
  std::set<std::size_t> m_ready;
  std::size_t m_running = 0;
  bool m_given_up = false;
};

}  // namespace

void for_each_in_graph(const Context& context,
                       const std::vector<std::vector<std::size_t>>& dependencies, unsigned parallel,
                       const std::function<void(const Context&, std::size_t)>& work) {
  ReadyQueue queue(dependencies);
  const std::size_t threads = std::min<std::size_t>(dependencies.size(), std::max(1U, parallel));
  for_each_parallel(context, threads, static_cast<unsigned>(threads),
                    [&](const Context& inner, std::size_t) {
                      std::size_t number = 0;
                      while (!inner.stop.stop_requested() && queue.take(number)) {
                        try {
                          work(inner, number);
                        } catch (...) {
                          queue.give_up();
                          throw;
                        }
                        queue.done(number);
                      }
                    });
}

}  // namespace pinnace::base
