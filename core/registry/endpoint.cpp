#include "registry/endpoint.hpp"

#include "base/error.hpp"
#include "http/url.hpp"

namespace pinnace::registry {

namespace {
std::string_view host_of_hub(std::string_view domain) {
  return domain == "docker.io" || domain == "index.docker.io" ? "registry-1.docker.io" : domain;
}
}  // namespace

Endpoint make_endpoint(std::string_view domain, const config::RegistrySettings& settings) {
  const std::string host(host_of_hub(domain));
  // Parsing refuses user info and whatever else is no host and port.
  const http::Origin origin = http::origin_of("https://" + host + "/");
  const bool tls_configured =
      settings.tls || !settings.ca_file.empty() || !settings.client_cert.empty();
  const bool plain = settings.plain_http || (http::is_loopback(origin.host) && !tls_configured);
  return {std::string(domain), (plain ? "http://" : "https://") + host};
}

}  // namespace pinnace::registry
