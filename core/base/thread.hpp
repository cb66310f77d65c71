#pragma once

#include <system_error>
#include <thread>
#include <utility>

namespace pinnace::base {

/// Throws unavailable for a thread that could not be started, and says what to do.
[[noreturn]] void fail_without_thread(const std::system_error& error);

/// Calls `start`, which starts a thread and returns what owns it. A system that has no thread left
/// is an outside failure, as is a disk that is full: throws unavailable.
template <class Start>
decltype(auto) with_thread(Start&& start) {
  try {
    return std::forward<Start>(start)();
  } catch (const std::system_error& error) {
    fail_without_thread(error);
  }
}

/// A thread that runs `work`; it is the only way in which threads are started.
template <class Work>
std::jthread start_thread(Work&& work) {
  return with_thread([&] { return std::jthread(std::forward<Work>(work)); });
}

}  // namespace pinnace::base
