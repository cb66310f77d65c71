#pragma once

#include <stop_token>
#include <thread>

#include "files/file.hpp"

namespace pinnace::cli {

/// Asks for a stop as soon as standard input ends, which is how the program at its other end
/// cancels, and what happens when that program dies.
class InputWatcher {
 public:
  /// `stop` is asked for on a thread of ours.
  explicit InputWatcher(std::stop_source stop);
  ~InputWatcher();
  InputWatcher(const InputWatcher&) = delete;
  InputWatcher& operator=(const InputWatcher&) = delete;

 private:
  void watch(std::stop_source stop) const;
  files::UniqueFd m_done;  ///< an eventfd: wakes the thread at the end
  std::jthread m_thread;
};

}  // namespace pinnace::cli
