#include "job/job.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "config/docker_credentials.hpp"
#include "http/proxy.hpp"
#include "job/direct_job.hpp"
#include "job/guarded_job.hpp"
#include "job/job_type.hpp"

namespace pinnace::job {

namespace {

class TypedJob final : public Job {
 public:
  TypedJob(JobType::Work work, std::shared_ptr<const config::CredentialStore> credentials)
      : m_work(std::move(work)), m_credentials(std::move(credentials)) {}

  /// Files of a context may have names that are not UTF-8.
  std::string run(const base::Context& context) override {
    return json::dump_replacing(m_work({context, m_credentials}));
  }

 private:
  JobType::Work m_work;
  std::shared_ptr<const config::CredentialStore> m_credentials;
};

/// A request of another version has other fields: that is said first.
void check_version(const json::Node& request) {
  const auto version = json::field_of(request, "version");
  if (version && version->json() != k_protocol_version)
    version->fail("version " + std::to_string(k_protocol_version));
}

JobType::Work open_request(const JobType& type, std::string_view request) {
  const std::string what = "request of job " + std::string(type.name);
  if (request.size() > k_max_request) {
    throw base::Error(base::ErrorCode::invalid_input,
                      what + ": expected at most " + std::to_string(k_max_request) +
                          " bytes, got " + std::to_string(request.size()));
  }
  const nlohmann::json parsed = json::parse(request, what);
  const json::Node node(parsed, what);
  if (parsed.is_object()) check_version(node);
  return type.open(node);
}

}  // namespace

std::unique_ptr<Job> open_job(const JobType& type, std::string_view request,
                              std::shared_ptr<const config::CredentialStore> credentials) {
  return make_job(open_request(type, request), std::move(credentials));
}

std::unique_ptr<Job> make_job(JobType::Work work,
                              std::shared_ptr<const config::CredentialStore> credentials) {
  auto secrets = std::make_shared<config::KnownSecrets>();
  for (const auto& [user, password] : http::ProxyRules::from_environment().logins()) {
    secrets->add(config::Credentials(user, password));
  }
  if (credentials)
    credentials = std::make_shared<config::RememberingCredentials>(std::move(credentials), secrets);
  return guard(std::make_unique<TypedJob>(std::move(work), std::move(credentials)),
               std::move(secrets));
}

void check_texts(const nlohmann::json& request) {
  for (const auto& [field, value] : request.items()) {
    try {
      (void)value.dump();
    } catch (const nlohmann::json::type_error&) {
      throw base::Error(base::ErrorCode::invalid_input,
                        "\"" + field + "\" has bytes that are not UTF-8, expected text in UTF-8");
    }
  }
}

std::shared_ptr<const config::CredentialStore> credentials_beside(
    std::optional<std::string_view> json) {
  if (!json) return std::make_shared<config::DockerCredentials>();
  return std::make_shared<config::StaticCredentials>(config::StaticCredentials::parse(*json));
}

std::string error_json(const std::exception& error) {
  const auto* known = dynamic_cast<const base::Error*>(&error);
  nlohmann::json json = {
      {"code", base::to_string(base::code_of(error))},
      {"message", shown_error(known != nullptr ? known->message() : error.what())},
      {"context", nlohmann::json::array()}};
  if (known != nullptr) {
    for (const std::string& part : known->context()) json["context"].push_back(shown_error(part));
  }
  return json.dump();
}

}  // namespace pinnace::job
