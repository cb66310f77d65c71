#include "web/link_service.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "web/host.hpp"

namespace pinnace::web {

namespace {

using Address = std::span<const std::uint8_t>;  // 4 or 16 bytes

/// IPv6 addresses that end with the IPv4 address that they stand for.
constexpr std::array<Network, 5> k_translations = {
    {{"::ffff:0:0", 96}, {"::", 96}, {"::ffff:0:0:0", 96}, {"64:ff9b::", 96}, {"64:ff9b:1::", 48}}};

bool is_in(const Network& network, Address address) {
  std::array<std::uint8_t, sizeof(in6_addr)> first{};
  const bool is_six = std::string_view(network.address).find(':') != std::string_view::npos;
  ::inet_pton(is_six ? AF_INET6 : AF_INET, network.address, first.data());
  if (address.size() != (is_six ? sizeof(in6_addr) : sizeof(in_addr))) return false;
  const unsigned whole = network.bits / 8;
  if (!std::equal(first.begin(), first.begin() + whole, address.begin())) return false;
  const unsigned rest = network.bits % 8;
  return rest == 0 || (first[whole] ^ address[whole]) >> (8 - rest) == 0;
}

template <std::size_t Count>
bool is_in_one(const std::array<Network, Count>& networks, Address address) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const Network& network) { return is_in(network, address); });
}

bool is_link_service(Address address) {
  return is_in_one(k_link_services, address) ||
         (is_in_one(k_translations, address) &&
          is_in_one(k_link_services, address.last(sizeof(in_addr))));
}

bool is_link_service(const in_addr& address) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&address);
  return is_link_service(Address(bytes, sizeof(address)));
}

bool is_link_service(const in6_addr& address) {
  return is_link_service(Address(address.s6_addr, sizeof(address)));
}

}  // namespace

bool is_link_service(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, &address, sizeof(four));
    return is_link_service(four.sin_addr);
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 six{};
  std::memcpy(&six, &address, sizeof(six));
  return is_link_service(six.sin6_addr);
}

bool is_link_service(std::string_view host) {
  std::string name = reached_host(host);
  in_addr four{};
  if (::inet_pton(AF_INET, name.c_str(), &four) == 1) return is_link_service(four);
  if (name.size() < 2 || name.front() != '[') return false;
  name = name.substr(1, name.size() - 2);
  in6_addr six{};
  return ::inet_pton(AF_INET6, name.c_str(), &six) == 1 && is_link_service(six);
}

}  // namespace pinnace::web
