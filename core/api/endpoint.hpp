#pragma once

#include <string>
#include <string_view>

#include "config/registries.hpp"

namespace pinnace::api {

/// Where the API of a registry is.
struct Endpoint {
  std::string domain;  ///< as in references: "docker.io", "127.0.0.1:5000"
  std::string url;     ///< "https://registry-1.docker.io", without a slash at its end
};

/// docker.io is answered by registry-1.docker.io. The scheme is https, but http where the registry
/// is configured so, and for loopback (web::is_loopback()) unless TLS, a CA file or a
/// client certificate is configured for it. There is no probing: it would cost a request, and let
/// who sits in between choose.
Endpoint make_endpoint(std::string_view domain, const config::RegistrySettings& settings);

/// "registry.test:443": the host and port that a connection to it goes to, the same for all
/// spellings. All names of this machine's loopback are "localhost". What only a name server or a
/// proxy knows is not seen: two names of one machine, or a second port, are two peers.
std::string peer_of(const Endpoint& endpoint);

}  // namespace pinnace::api
