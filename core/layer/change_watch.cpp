#include "layer/change_watch.hpp"

#include "base/error.hpp"
#include "files/seen_changes.hpp"

namespace pinnace::layer {

namespace {

/// When changes through a mapping were written out for sure, and the next one sets the times: Linux
/// waits for 30 seconds, and then for its turn.
constexpr std::chrono::seconds k_written_out{90};

}  // namespace

void ChangeWatch::look(const tree::FileStamp& stamp, const files::UniqueFd& fd) {
  if (!m_show || !stamp.known()) return;
  try {
    m_show = will_show(stamp, fd);
  } catch (const base::Error&) {
    m_show = false;  // whoever reads it tells
  }
}

bool ChangeWatch::will_show(const tree::FileStamp& stamp, const files::UniqueFd& fd) {
  const bool is_old =
      std::chrono::nanoseconds(stamp.changed) < (m_now - k_written_out).time_since_epoch();
  const auto known = m_in_memory.find(stamp.device);
  const bool in_memory = known != m_in_memory.end() ? known->second : files::is_in_memory(fd);
  m_in_memory[stamp.device] = in_memory;
  return (is_old && !in_memory) || files::make_changes_seen(fd);
}

}  // namespace pinnace::layer
