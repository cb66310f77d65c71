#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "base/thread.hpp"

namespace pinnace::base {

/// Requests a stop after a while: bounds everything that is done with its token. Throws unavailable
/// where no thread can be started.
class TimedStop {
 public:
  explicit TimedStop(std::chrono::milliseconds after)
      : m_timer(start_thread([this, after](const std::stop_token& ended) {
          std::mutex mutex;
          std::condition_variable_any wake;
          std::unique_lock lock(mutex);
          wake.wait_for(lock, ended, after, [] { return false; });
          m_stop.request_stop();
        })) {}

  std::stop_token token() const noexcept { return m_stop.get_token(); }

 private:
  std::stop_source m_stop;
  std::jthread m_timer;  ///< ends before m_stop does
};

}  // namespace pinnace::base
