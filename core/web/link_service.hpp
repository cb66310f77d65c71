#pragma once

#include <sys/socket.h>

#include <array>
#include <string_view>

namespace pinnace::web {

/// IPv4 addresses in dotted form.
struct Network {
  const char* address;
  const char* mask;
};

/// What answers a machine by its own link alone, above all the metadata services of clouds, which
/// give whoever asks the machine's credentials: link-local addresses (RFC 3927), and those of
/// Alibaba, Azure and Oracle elsewhere.
inline constexpr std::array<Network, 4> k_link_services = {{{"169.254.0.0", "255.255.0.0"},
                                                            {"100.100.100.200", "255.255.255.255"},
                                                            {"168.63.129.16", "255.255.255.255"},
                                                            {"192.0.0.192", "255.255.255.255"}}};

/// Whether the address is one of these, also inside of an IPv6 one, or a link-local one of IPv6
/// (fe80::/10), or Amazon's fd00:ec2::254.
bool is_link_service(const sockaddr& address);
/// The same of a host as in a URL. A name is none, whatever it leads to.
bool is_link_service(std::string_view host);

}  // namespace pinnace::web
