#include "registry/connections.hpp"

namespace pinnace::registry {

namespace {
void apply(const config::TransferSettings& settings, ClientOptions& options) {
  if (settings.silence) options.http.stall = *settings.silence;
  if (settings.attempts) options.retry.policy.attempts = *settings.attempts;
  if (settings.give_up_after) options.retry.policy.total = *settings.give_up_after;
}
}  // namespace

Connections::Connections(std::shared_ptr<const config::Registries> registries,
                         std::shared_ptr<const config::CredentialStore> credentials,
                         ClientOptions template_options)
    : m_registries(std::move(registries)),
      m_credentials(std::move(credentials)),
      m_options(std::move(template_options)) {}

std::shared_ptr<Client> Connections::client(std::string_view domain) {
  const std::lock_guard lock(m_mutex);
  if (const auto found = m_clients.find(domain); found != m_clients.end()) return found->second;
  const config::RegistrySettings settings = m_registries->find(domain);
  ClientOptions options = m_options;
  apply(m_registries->transfer(), options);
  if (!settings.ca_file.empty()) options.http.ca_file = settings.ca_file;
  if (!settings.client_cert.empty()) {
    options.http.client_cert = settings.client_cert;
    options.http.client_key = settings.client_key;
  }
  if (m_credentials && !options.find_credentials) {
    options.find_credentials = [store = m_credentials, name = std::string(domain)](
                                   const base::Context& context, std::string_view repository) {
      return store->find(context, name, repository);
    };
  }
  auto client = std::make_shared<Client>(make_endpoint(domain, settings), std::move(options));
  return m_clients.emplace(domain, std::move(client)).first->second;
}

std::unique_ptr<Repository> Connections::repository(const oci::Reference& reference) {
  return std::make_unique<Repository>(client(reference.domain()), reference.repository());
}

}  // namespace pinnace::registry
