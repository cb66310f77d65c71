#include "base/error.hpp"
#include "jobs/access.hpp"
#include "jobs/makers.hpp"
#include "oci/reference.hpp"

namespace pinnace::jobs {

namespace {

/// ping: {registry} -> {registry, url}. Asks a registry for its API, by the OCI distribution
/// specification ("Determining Support"), with the credentials that a pull from it would use.
class PingJob final : public Job {
 public:
  PingJob(RequestReader& request, std::shared_ptr<const config::CredentialStore> credentials);
  std::string run(const base::Context& context) override;

 private:
  std::string m_registry;
  oci::Reference m_reference;  ///< a repository of it
  std::shared_ptr<const config::CredentialStore> m_credentials;
  Access::Options m_access;
};

/// "host[:port]" or "host[:port]/path".
oci::Reference repository_of(const std::string& registry) {
  const bool has_path = registry.find('/') != std::string::npos;
  oci::Reference reference = oci::Reference::parse(has_path ? registry : registry + "/pinnace");
  if (reference.bare() != reference ||
      registry.compare(0, reference.domain().size(), reference.domain()) != 0) {
    throw base::Error(base::ErrorCode::invalid_input,
                      "\"" + registry + "\": expected host[:port] or host[:port]/path");
  }
  return reference;
}

PingJob::PingJob(RequestReader& request, std::shared_ptr<const config::CredentialStore> credentials)
    : m_registry(request.text("registry")),
      m_reference(repository_of(m_registry)),
      m_credentials(std::move(credentials)) {
  m_access.store = request.text("store");
  m_access.registries = request.optional_text("registries");
}

std::string PingJob::run(const base::Context& context) {
  Access access(context, m_access, m_credentials);
  const auto client = access.client(m_reference.domain());
  http::Request request;
  request.method = "GET";
  request.url = client->url("/v2/");
  client->expect(context, request, api::Scopes::pull(m_reference.repository()), {200});
  return nlohmann::json{{"registry", m_registry}, {"url", request.url}}.dump();
}

}  // namespace

std::unique_ptr<Job> make_ping(RequestReader& request,
                               std::shared_ptr<const config::CredentialStore> credentials) {
  return std::make_unique<PingJob>(request, std::move(credentials));
}

}  // namespace pinnace::jobs
