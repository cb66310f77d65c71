#include "jobs/job.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "config/docker_credentials.hpp"
#include "http/proxy.hpp"
#include "jobs/guarded_job.hpp"
#include "jobs/makers.hpp"

namespace pinnace::jobs {

namespace {

struct Entry {
  std::string_view name;
  MakeJob make;
};

constexpr std::array<Entry, 8> k_jobs = {{{"build", make_build},
                                          {"copy", make_copy},
                                          {"gc", make_gc},
                                          {"inspect", make_inspect},
                                          {"pin", make_pin},
                                          {"ping", make_ping},
                                          {"promote", make_promote},
                                          {"run", make_run}}};

}  // namespace

std::unique_ptr<Job> open_job(std::string_view name, std::string_view request,
                              std::shared_ptr<const config::CredentialStore> credentials) {
  const auto entry =
      std::find_if(k_jobs.begin(), k_jobs.end(), [&](const Entry& e) { return e.name == name; });
  if (entry == k_jobs.end()) {
    std::string known;
    for (const Entry& e : k_jobs) known += (known.empty() ? "" : ", ") + std::string(e.name);
    throw base::Error(
        base::ErrorCode::invalid_input,
        "unknown job \"" + std::string(name.substr(0, 80)) + "\", expected one of " + known);
  }
  if (request.size() > k_max_request) {
    throw base::Error(base::ErrorCode::invalid_input,
                      "request of job " + std::string(name) + ": expected at most " +
                          std::to_string(k_max_request) + " bytes, got " +
                          std::to_string(request.size()));
  }
  RequestReader reader(name, request);
  auto secrets = std::make_shared<config::KnownSecrets>();
  for (const auto& [user, password] : http::ProxyRules::from_environment().logins()) {
    secrets->add(config::Credentials(user, password));
  }
  if (credentials)
    credentials = std::make_shared<config::RememberingCredentials>(std::move(credentials), secrets);
  auto job = entry->make(reader, std::move(credentials));
  reader.end();
  return guard(std::move(job), std::move(secrets));
}

std::shared_ptr<const config::CredentialStore> credentials_beside(
    std::optional<std::string_view> json) {
  if (!json) return std::make_shared<config::DockerCredentials>();
  return std::make_shared<config::StaticCredentials>(config::StaticCredentials::parse(*json));
}

std::vector<std::string> job_names() {
  std::vector<std::string> names;
  for (const Entry& entry : k_jobs) names.emplace_back(entry.name);
  return names;
}

std::string error_json(const std::exception& error) {
  const auto* known = dynamic_cast<const base::Error*>(&error);
  nlohmann::json json = {{"code", base::to_string(base::code_of(error))},
                         {"message", shown(known != nullptr ? known->message() : error.what())},
                         {"context", nlohmann::json::array()}};
  if (known != nullptr) {
    for (const std::string& part : known->context()) json["context"].push_back(shown(part));
  }
  return json.dump();
}

}  // namespace pinnace::jobs
