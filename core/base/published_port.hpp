#pragma once

#include <cstdint>
#include <string>

namespace pinnace::base {

/// A port of the host that leads to one of a container. `host_port` 0: any that is free.
struct PublishedPort {
  std::string address = "127.0.0.1";
  std::uint16_t host_port = 0;
  std::uint16_t container_port = 0;
  bool udp = false;
};

}  // namespace pinnace::base
