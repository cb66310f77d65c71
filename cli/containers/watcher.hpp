#pragma once

#include <filesystem>
#include <string>

#include "base/context.hpp"
#include "cli/containers/bounded_log.hpp"

/// The process that watches over a detached container (detached.hpp).
namespace pinnace::cli {

/// What it has beside standard input, output and error.
inline constexpr int k_lock_fd = 3;
inline constexpr int k_ready_fd = 4;
/// First of all: a container that can't be stopped must not start.
void say_who_watches();

/// Says to who started it that the container is ready, keeps its ports, and writes its log.
class WatchedOutput final : public base::EventSink {
 public:
  WatchedOutput();
  void on_event(const base::Event& event) noexcept override;

 private:
  void say_ready(const std::string& ready);

  std::filesystem::path m_directory;
  BoundedLog m_log;
};

}  // namespace pinnace::cli
