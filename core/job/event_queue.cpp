#include "job/event_queue.hpp"

#include <algorithm>

namespace pinnace::job {

namespace {
constexpr auto k_progress_interval = std::chrono::milliseconds(50);
}

void EventQueue::on_event(const base::Event& event) noexcept {
  try {
    put(event);
  } catch (...) {  // NOLINT(bugprone-empty-catch): out of memory; the job itself will tell
  }
}

void EventQueue::put(const base::Event& event) {
  std::unique_lock lock(m_mutex);
  if (event.kind == base::Event::Kind::progress) {
    if (!m_dropping) keep_newest(event);
  } else {
    m_taken.wait(lock, [this] { return m_dropping || m_lines.size() < m_capacity; });
    if (m_dropping) return;
    m_lines.push_back(event);
  }
  lock.unlock();
  m_came.notify_one();
}

void EventQueue::keep_newest(const base::Event& progress) {
  const auto same =
      std::find_if(m_progress.begin(), m_progress.end(),
                   [&](const base::Event& held) { return held.text == progress.text; });
  if (same != m_progress.end()) {
    *same = progress;
    return;
  }
  if (m_progress.size() >= m_capacity) m_progress.pop_front();
  m_progress.push_back(progress);
}

void EventQueue::finish() noexcept {
  {
    const std::lock_guard lock(m_mutex);
    m_finished = true;
  }
  m_came.notify_all();
}

void EventQueue::drop() noexcept {
  {
    const std::lock_guard lock(m_mutex);
    m_dropping = true;
    m_lines.clear();
    m_progress.clear();
  }
  m_taken.notify_all();
}

bool EventQueue::progress_due(Clock::time_point now) const {
  return !m_progress.empty() && (m_finished || now >= m_progress_after);
}

std::optional<base::Event> EventQueue::take(Clock::time_point now) {
  std::optional<base::Event> event;
  if (!m_lines.empty()) {
    event = std::move(m_lines.front());
    m_lines.pop_front();
    m_taken.notify_one();
  } else if (progress_due(now)) {
    event = std::move(m_progress.front());
    m_progress.pop_front();
    if (m_progress.empty()) m_progress_after = now + k_progress_interval;
  }
  return event;
}

std::optional<base::Event> EventQueue::next(std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  std::unique_lock lock(m_mutex);
  for (;;) {
    const auto now = Clock::now();
    if (auto event = take(now)) return event;
    if (m_finished || now >= deadline) return std::nullopt;
    const auto until = m_progress.empty() ? deadline : std::min(deadline, m_progress_after);
    m_came.wait_until(lock, until);
  }
}

bool EventQueue::at_end() {
  const std::lock_guard lock(m_mutex);
  return m_finished && m_lines.empty() && m_progress.empty();
}

}  // namespace pinnace::job
