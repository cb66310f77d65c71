#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "json/fields.hpp"

namespace pinnace::job {

/// What is told of a container that is ready: base::Event::Kind::ready, as JSON.
struct Ready {
  enum class Protocol { tcp, udp };
  struct Port {
    std::string address;
    std::uint16_t host_port = 0;
    std::uint16_t container_port = 0;
    Protocol protocol = Protocol::tcp;

    static json::Table<Port> table();
  };
  std::vector<Port> ports;

  static Ready of(const std::vector<base::PublishedPort>& ports);
  /// One line.
  std::string text() const { return json::write(*this).dump(); }
  static json::Table<Ready> table();
};

}  // namespace pinnace::job

template <>
struct pinnace::json::NamesOf<pinnace::job::Ready::Protocol> {
  static constexpr std::array<std::pair<job::Ready::Protocol, const char*>, 2> k_names = {
      {{job::Ready::Protocol::tcp, "tcp"}, {job::Ready::Protocol::udp, "udp"}}};
};
