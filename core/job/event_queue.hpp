#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

#include "base/context.hpp"

namespace pinnace::job {

/// Carries events from the threads of a job to one thread that takes them, through bounded memory.
/// No log line and no warning is lost, and they stay in order: where they come faster than they are
/// taken, the job waits. Of progress only the newest of each text is kept, and handed out no more
/// than 20 times a second, so that it never holds up a job.
class EventQueue final : public base::EventSink {
 public:
  /// Holds `capacity` lines, and the progress of so many things.
  explicit EventQueue(std::size_t capacity = 256) : m_capacity(capacity) {}

  /// Blocks while the queue is full of lines and its taker is still there.
  void on_event(const base::Event& event) noexcept override;
  /// The job has ended: what is held is handed out, then next() says so.
  void finish() noexcept;
  /// The taker wants no more: all that is held and comes is dropped, and nobody waits.
  void drop() noexcept;

  /// The next event; nullopt after `patience` without one, and at once when the job has ended.
  std::optional<base::Event> next(std::chrono::milliseconds patience);
  /// The job has ended, and nothing is held any more.
  bool at_end();

 private:
  using Clock = std::chrono::steady_clock;
  void put(const base::Event& event);
  void keep_newest(const base::Event& progress);
  bool progress_due(Clock::time_point now) const;
  std::optional<base::Event> take(Clock::time_point now);

  const std::size_t m_capacity;
  std::mutex m_mutex;
  std::condition_variable m_taken;
  std::condition_variable m_came;
  std::deque<base::Event> m_lines;
  std::deque<base::Event> m_progress;
  Clock::time_point m_progress_after{};  ///< the next round of progress is not before
  bool m_finished = false;
  bool m_dropping = false;
};

}  // namespace pinnace::job
