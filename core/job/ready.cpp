#include "job/ready.hpp"

namespace pinnace::job {

namespace {

constexpr json::Limits k_port{.least = 1, .most = 65535};
constexpr json::Limits k_address{.length = 15, .pattern = R"(^[0-9]{1,3}(\.[0-9]{1,3}){3}$)"};

}  // namespace

json::Table<Ready::Port> Ready::Port::table() {
  return {"Ready.Port",
          "A port of the machine that leads to one of the container.",
          {{"address", &Port::address, "Of the machine.", k_address},
           {"hostPort", &Port::host_port, "Of the machine.", k_port},
           {"containerPort", &Port::container_port, "Of the container.", k_port},
           {"protocol", &Port::protocol, "How it is reached.", {.later = true}}}};
}

json::Table<Ready> Ready::table() {
  return {"Ready",
          "A container has started, and what was waited for is there.",
          {{"ports", &Ready::ports, "In the order in which they were asked for.", {.count = 100}}}};
}

Ready Ready::of(const std::vector<base::PublishedPort>& ports) {
  Ready ready;
  for (const base::PublishedPort& port : ports)
    ready.ports.push_back({port.address, port.host_port, port.container_port,
                           port.udp ? Protocol::udp : Protocol::tcp});
  return ready;
}

}  // namespace pinnace::job
