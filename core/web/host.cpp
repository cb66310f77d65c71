#include "web/host.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstring>
#include <optional>

#include "web/headers.hpp"

namespace pinnace::web {

namespace {

std::string text_of(int family, const void* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  return ::inet_ntop(family, address, text.data(), text.size());
}

std::optional<in6_addr> bracketed_address(const std::string& host) {
  if (!host.starts_with('[') || !host.ends_with(']')) return std::nullopt;
  in6_addr address{};
  const std::string text = host.substr(1, host.size() - 2);
  return ::inet_pton(AF_INET6, text.c_str(), &address) == 1 ? std::optional(address) : std::nullopt;
}

}  // namespace

std::string reached_host(std::string_view host) {
  std::string name = lower_case(host);
  if (name.ends_with('.')) name.pop_back();
  in_addr v4{};
  if (::inet_aton(name.c_str(), &v4) != 0) return text_of(AF_INET, &v4);
  const auto v6 = bracketed_address(name);
  if (!v6) return name;
  if (IN6_IS_ADDR_V4MAPPED(&*v6)) return text_of(AF_INET, &v6->s6_addr[12]);
  return "[" + text_of(AF_INET6, &*v6) + "]";
}

bool is_loopback(std::string_view host) {
  const std::string reached = reached_host(host);
  if (reached == "localhost" || reached.ends_with(".localhost")) return true;
  if (reached == "[::1]" || reached == "[::]" || reached == "0.0.0.0") return true;
  in_addr v4{};
  constexpr std::uint32_t k_first_byte = 24;
  return ::inet_pton(AF_INET, reached.c_str(), &v4) == 1 && ntohl(v4.s_addr) >> k_first_byte == 127;
}

bool is_loopback(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in four{};
    std::memcpy(&four, &address, sizeof(four));
    // All of 0.0.0.0/8 is this machine to Linux.
    return (ntohl(four.sin_addr.s_addr) >> 24) == 0 ||
           is_loopback(text_of(AF_INET, &four.sin_addr));
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 six{};
  std::memcpy(&six, &address, sizeof(six));
  return is_loopback("[" + text_of(AF_INET6, &six.sin6_addr) + "]");
}

}  // namespace pinnace::web
