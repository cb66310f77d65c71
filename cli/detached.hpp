#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>
#include <vector>

#include "base/context.hpp"

namespace pinnace::cli {

/// Containers that go on without the command that started them (pinnace run --detach). Each has a
/// process that watches over it, and a directory of its ID with `image`, `log` and `lock`, which
/// has the number of that process and is held by it: who holds it, lives.
class DetachedContainers {
 public:
  /// `store` as in requests.
  explicit DetachedContainers(const std::filesystem::path& store);

  struct Started {
    std::string id;
    nlohmann::json ready;  ///< {"ports": [...]}
  };
  /// Starts one and waits until it is ready. Throws unavailable with the end of its log if it ends
  /// before that, cancelled after a stop request; nothing is left of it then. Removes what ended
  /// more than a day ago.
  Started start(const nlohmann::json& request, std::stop_token stop) const;

  struct Container {
    std::string id;
    std::string image;
    bool running = false;
  };
  /// By ID.
  std::vector<Container> list() const;
  /// The file with all that it has written. Throws not_found.
  std::filesystem::path log(const std::string& id) const;
  /// Ends it, if it still runs, and removes all of it. Throws not_found, and unavailable, without
  /// having removed anything, if it does not end.
  void stop(const std::string& id) const;

 private:
  std::filesystem::path find(const std::string& id) const;
  void remove_old() const;

  std::filesystem::path m_directory;
};

/// The side of the process that watches, first of all: a container that can't be stopped must not
/// start.
void say_who_watches();

/// The side of the process that watches: says to who started it that the container is ready.
class ReadyReport final : public base::EventSink {
 public:
  explicit ReadyReport(base::EventSink& inner) : m_inner(inner) {}
  void on_event(const base::Event& event) noexcept override;

 private:
  base::EventSink& m_inner;
};

}  // namespace pinnace::cli
