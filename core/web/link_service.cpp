#include "web/link_service.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "web/host.hpp"

namespace pinnace::web {

namespace {

in_addr_t number_of(const char* text) {
  in_addr address{};
  ::inet_pton(AF_INET, text, &address);
  return address.s_addr;
}

bool is_link_service(in_addr_t address) {
  return std::any_of(k_link_services.begin(), k_link_services.end(), [&](const Network& network) {
    return (address & number_of(network.mask)) == number_of(network.address);
  });
}

bool is_link_service(const in6_addr& address) {
  in6_addr amazon{};
  ::inet_pton(AF_INET6, "fd00:ec2::254", &amazon);
  if (IN6_IS_ADDR_LINKLOCAL(&address) || std::memcmp(&address, &amazon, sizeof(amazon)) == 0)
    return true;
  if (!IN6_IS_ADDR_V4MAPPED(&address)) return false;
  in_addr_t inner = 0;
  std::memcpy(&inner, address.s6_addr + 12, sizeof(inner));
  return is_link_service(inner);
}

}  // namespace

bool is_link_service(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, &address, sizeof(four));
    return is_link_service(four.sin_addr.s_addr);
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 six{};
  std::memcpy(&six, &address, sizeof(six));
  return is_link_service(six.sin6_addr);
}

bool is_link_service(std::string_view host) {
  std::string name = reached_host(host);
  in_addr four{};
  if (::inet_pton(AF_INET, name.c_str(), &four) == 1) return is_link_service(four.s_addr);
  if (name.size() < 2 || name.front() != '[') return false;
  name = name.substr(1, name.size() - 2);
  in6_addr six{};
  return ::inet_pton(AF_INET6, name.c_str(), &six) == 1 && is_link_service(six);
}

}  // namespace pinnace::web
