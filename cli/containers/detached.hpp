#pragma once

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "job/ready.hpp"
#include "local/local_store.hpp"
#include "running/run.hpp"

namespace pinnace::cli {

/// Seconds that a container has to end by itself: unless said, and at most.
inline constexpr unsigned k_stop_seconds = 10;
inline constexpr unsigned k_most_stop_seconds = 86400;

/// Containers that go on without the command that started them (pinnace run --detach). Each has a
/// process that watches over it, and a directory of its ID with `image`, `log`, `ports` (JSON, once
/// it is ready) and `lock`, which has the number of that process and is held by it: who holds it,
/// lives.
class DetachedContainers {
 public:
  /// `store` as in requests.
  explicit DetachedContainers(const std::filesystem::path& store);

  struct Started {
    std::string id;
    job::Ready ready;
    int refused_with = 0;  ///< 127 or 126: it ended so before, as said on stderr; else 0
  };
  /// Starts one and waits until it is ready. Throws unavailable with the end of its log if it ends
  /// before that, cancelled after a stop request; nothing is left of it then. Removes what ended
  /// more than a day ago.
  Started start(running::RunRequest request, std::stop_token stop) const;

  struct Container {
    std::string id;
    std::string image;
    bool running = false;
    std::vector<job::Ready::Port> ports;
  };
  /// By ID.
  std::vector<Container> list() const;
  /// The file with all that it has written. Throws not_found.
  std::filesystem::path log(const std::string& id) const;
  /// Ends those that still run, all at once, by their stop signals and by force after so much time,
  /// and removes all of them. One that can't be stopped holds off none of the others: at the end
  /// this throws not_found or unavailable, naming all that are not there or do not end, of which
  /// nothing is removed.
  void stop(const std::vector<std::string>& ids, std::chrono::seconds time) const;

 private:
  std::filesystem::path find(const std::string& id) const;

  local::LocalStore m_store;
  std::filesystem::path m_directory;
};

}  // namespace pinnace::cli
