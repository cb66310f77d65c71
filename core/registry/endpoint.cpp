#include "registry/endpoint.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>

#include "base/error.hpp"
#include "http/headers.hpp"
#include "http/url.hpp"

namespace pinnace::registry {

namespace {
std::string host_of_hub(std::string_view domain) {
  const std::string lower = http::lower_case(domain);
  const bool is_hub =
      lower == "docker.io" || lower == "index.docker.io" || lower == "registry.hub.docker.com";
  return is_hub ? "registry-1.docker.io" : std::string(domain);
}

/// As a connection is made to it: "2130706433" and "0x7f.1" are "127.0.0.1" (inet_aton(3)), an IPv4
/// address in an IPv6 one is that.
std::string numeric_host(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::inet_aton(host.c_str(), &v4) != 0)
    return ::inet_ntop(AF_INET, &v4, text.data(), text.size());
  const bool in_brackets = host.starts_with('[') && host.ends_with(']');
  if (!in_brackets || ::inet_pton(AF_INET6, host.substr(1, host.size() - 2).c_str(), &v6) != 1)
    return host;
  if (IN6_IS_ADDR_V4MAPPED(&v6))
    return ::inet_ntop(AF_INET, &v6.s6_addr[12], text.data(), text.size());
  return "[" + std::string(::inet_ntop(AF_INET6, &v6, text.data(), text.size())) + "]";
}

/// Where a connection to "any address" goes, too.
bool is_own(const std::string& host) {
  return http::is_loopback(host) || host == "0.0.0.0" || host == "[::]";
}
}  // namespace

Endpoint make_endpoint(std::string_view domain, const config::RegistrySettings& settings) {
  const std::string host = host_of_hub(domain);
  // Parsing refuses user info and whatever else is no host and port.
  const http::Origin origin = http::origin_of("https://" + host + "/");
  const bool tls_configured =
      settings.tls || !settings.ca_file.empty() || !settings.client_cert.empty();
  const bool plain = settings.plain_http || (http::is_loopback(origin.host) && !tls_configured);
  return {std::string(domain), (plain ? "http://" : "https://") + host};
}

std::string peer_of(const Endpoint& endpoint) {
  const http::Origin origin = http::origin_of(endpoint.url);
  const std::string host = numeric_host(origin.host);
  return (is_own(host) ? "localhost" : host) + ":" + origin.port;
}

}  // namespace pinnace::registry
