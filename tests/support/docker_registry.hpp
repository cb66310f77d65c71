#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "support/temporary_directory.hpp"

namespace pinnace::test_support {

/// Debian's docker-registry (distribution 2.8) on a free loopback port with storage in a temporary
/// directory; killed when the object goes.
class DockerRegistry {
 public:
  static bool available();
  /// Waits until it answers. Throws std::runtime_error if it does not within 10 s.
  DockerRegistry();
  ~DockerRegistry();
  DockerRegistry(const DockerRegistry&) = delete;
  DockerRegistry& operator=(const DockerRegistry&) = delete;

  std::string host() const { return "127.0.0.1:" + std::to_string(m_port); }
  /// SIGKILL, and a fresh process over the same storage on the same port.
  void kill();
  void start();

 private:
  bool answers() const;

  TemporaryDirectory m_directory;
  int m_port;
  pid_t m_pid = -1;
};

}  // namespace pinnace::test_support
