#pragma once

#include <stop_token>
#include <thread>

namespace pinnace::cli {

/// Turns the first SIGINT, SIGTERM or SIGHUP into a stop request, and the second one into an
/// immediate end (exit code 130). Made before any other thread, as it blocks these signals for all
/// that come after.
class SignalWatcher {
 public:
  SignalWatcher();
  ~SignalWatcher();
  SignalWatcher(const SignalWatcher&) = delete;
  SignalWatcher& operator=(const SignalWatcher&) = delete;

  std::stop_token token() const { return m_stop.get_token(); }

 private:
  std::stop_source m_stop;
  std::jthread m_thread;
};

}  // namespace pinnace::cli
