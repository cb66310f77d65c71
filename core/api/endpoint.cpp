#include "api/endpoint.hpp"

#include "base/error.hpp"
#include "web/headers.hpp"
#include "web/host.hpp"
#include "web/url.hpp"

namespace pinnace::api {

namespace {
std::string host_of_hub(std::string_view domain) {
  const std::string lower = web::lower_case(domain);
  const bool is_hub =
      lower == "docker.io" || lower == "index.docker.io" || lower == "registry.hub.docker.com";
  return is_hub ? "registry-1.docker.io" : std::string(domain);
}
}  // namespace

Endpoint make_endpoint(std::string_view domain, const config::RegistrySettings& settings) {
  const std::string host = host_of_hub(domain);
  // Parsing refuses user info and whatever else is no host and port.
  const web::Origin origin = web::origin_of("https://" + host + "/");
  const bool tls_configured =
      settings.tls || !settings.ca_file.empty() || !settings.client_cert.empty();
  const bool plain = settings.plain_http || (web::is_loopback(origin.host) && !tls_configured);
  return {std::string(domain), (plain ? "http://" : "https://") + host};
}

std::string peer_of(const Endpoint& endpoint) {
  const web::Origin origin = web::origin_of(endpoint.url);
  const std::string host =
      web::is_loopback(origin.host) ? "localhost" : web::reached_host(origin.host);
  return host + ":" + origin.port;
}

}  // namespace pinnace::api
