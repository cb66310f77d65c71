#pragma once

#include <sys/socket.h>

#include <array>
#include <string_view>

namespace pinnace::web {

/// Addresses that begin with the same bits; an IPv6 one has a colon.
struct Network {
  const char* address;
  unsigned bits;
};

/// What answers a machine by its own link alone, above all the metadata services of clouds, which
/// give whoever asks the machine's credentials: link-local addresses (RFC 3927, RFC 4291), and
/// those of single clouds elsewhere.
inline constexpr std::array<Network, 9> k_link_services = {{
    {"169.254.0.0", 16},
    {"100.100.100.200", 32},      // Alibaba
    {"168.63.129.16", 32},        // Azure
    {"192.0.0.192", 32},          // Oracle
    {"fe80::", 10},               //
    {"fd00:ec2::254", 128},       // Amazon
    {"fd20:ce::254", 128},        // Google
    {"fd00:42::42", 128},         // Scaleway
    {"fd00:c1::a9fe:a9fe", 128},  // Oracle
}};

/// Whether the address is one of these, also where an IPv6 one stands for an IPv4 one: mapped,
/// compatible, translated (RFC 4291, RFC 7915), or of NAT64 (RFC 6052, RFC 8215).
bool is_link_service(const sockaddr& address);
/// The same of a host as in a URL. A name is none, whatever it leads to.
bool is_link_service(std::string_view host);

}  // namespace pinnace::web
