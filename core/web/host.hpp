#pragma once

#include <sys/socket.h>

#include <string>
#include <string_view>

namespace pinnace::web {

/// The host that a connection goes to, one text for all spellings: lower case, without a dot at the
/// end; "2130706433" and "0x7f.1" are "127.0.0.1" (inet_aton(3)), as is such an address inside of
/// an IPv6 one; other IPv6 addresses are in brackets, and as short as can be (RFC 5952).
std::string reached_host(std::string_view host);

/// Whether a connection to a host (as in a URL) can only end at this machine: localhost and what is
/// below it, 127.0.0.0/8, ::1, and "any address", 0.0.0.0 and ::, in all spellings.
bool is_loopback(std::string_view host);
/// The same of an address: 127.0.0.0/8, 0.0.0.0/8, ::1, ::, and those of IPv4 inside of IPv6.
bool is_loopback(const sockaddr& address);

}  // namespace pinnace::web
