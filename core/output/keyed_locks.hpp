#pragma once

#include <map>
#include <mutex>
#include <string>

namespace pinnace::output {

/// A lock for each piece of work, by its name: who has to do what somebody does already waits, and
/// finds it done.
class KeyedLocks {
 public:
  std::unique_lock<std::mutex> lock(const std::string& key) {
    std::mutex* mutex = nullptr;
    {
      const std::lock_guard guard(m_mutex);
      mutex = &m_locks[key];
    }
    return std::unique_lock(*mutex);
  }

 private:
  std::mutex m_mutex;
  std::map<std::string, std::mutex> m_locks;
};

}  // namespace pinnace::output
