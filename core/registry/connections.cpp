#include "registry/connections.hpp"

#include <algorithm>
#include <limits>

#include "config/reach.hpp"

namespace pinnace::registry {

namespace {

/// There is another place to ask.
constexpr unsigned k_mirror_attempts = 2;

}  // namespace

Connections::Connections(std::shared_ptr<const config::Registries> registries,
                         std::shared_ptr<const config::CredentialStore> credentials,
                         api::ClientOptions template_options)
    : m_registries(std::move(registries)),
      m_credentials(std::move(credentials)),
      m_options(std::move(template_options)) {}

std::shared_ptr<api::Client> Connections::client(std::string_view domain) {
  const std::lock_guard lock(m_mutex);
  if (const auto found = m_clients.find(domain); found != m_clients.end()) return found->second;
  auto client = make_client(domain, std::numeric_limits<unsigned>::max());
  return m_clients.emplace(domain, std::move(client)).first->second;
}

std::shared_ptr<api::Client> Connections::make_client(std::string_view domain,
                                                      unsigned most_attempts) const {
  const config::RegistrySettings settings = m_registries->find(domain);
  api::ClientOptions options = m_options;
  config::apply(m_registries, options.http, options.retry.policy);
  unsigned& attempts = options.retry.policy.attempts;
  attempts = std::min(attempts, most_attempts);
  if (!settings.ca_file.empty()) options.http.ca_file = settings.ca_file;
  const api::Endpoint endpoint = api::make_endpoint(domain, settings);
  options.http.plain_hint = "; if that is meant, set plainHttp: true for " + std::string(domain) +
                            " in registries.yaml (docs/formats/registries.md)";
  if (!settings.client_cert.empty()) {
    options.http.client_cert = settings.client_cert;
    options.http.client_key = settings.client_key;
    options.http.client_cert_host = web::origin_of(endpoint.url).host;
  }
  if (m_credentials && !options.find_credentials) {
    options.find_credentials = [store = m_credentials, name = std::string(domain)](
                                   const base::Context& context, std::string_view repository) {
      return store->find(context, name, repository);
    };
    options.note_secret = [store = m_credentials](std::string_view secret) { store->note(secret); };
  }
  return std::make_shared<api::Client>(endpoint, std::move(options));
}

std::unique_ptr<Repository> Connections::repository(const oci::Reference& reference) {
  return std::make_unique<Repository>(client(reference.domain()), reference.repository());
}

std::shared_ptr<Mirror> Connections::mirror(const std::string& domain) {
  const std::lock_guard lock(m_mutex);
  if (const auto found = m_mirrors.find(domain); found != m_mirrors.end()) return found->second;
  std::shared_ptr<Mirror> mirror;
  if (const std::string place = m_registries->find(domain).mirror; !place.empty()) {
    const std::size_t slash = std::min(place.find('/'), place.size());
    mirror = std::make_shared<Mirror>();
    mirror->client = make_client(place.substr(0, slash), k_mirror_attempts);
    if (slash < place.size()) mirror->prefix = place.substr(slash + 1) + "/";
  }
  return m_mirrors.emplace(domain, std::move(mirror)).first->second;
}

std::unique_ptr<Repository> Connections::readable(const oci::Reference& reference) {
  auto copies = mirror(reference.domain());
  if (!copies) return repository(reference);
  return std::make_unique<MirroredRepository>(client(reference.domain()), reference.repository(),
                                              std::move(copies));
}

}  // namespace pinnace::registry
