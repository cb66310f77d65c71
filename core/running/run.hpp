#pragma once

#include "job/job_request.hpp"
#include "job/job_type.hpp"
#include "job/ready.hpp"
#include "job/sandbox_request.hpp"

namespace pinnace::running {

struct RunRequest : job::JobRequest {
  static constexpr const char* k_job = "run";

  std::string image;
  std::optional<oci::Platform> platform;
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;
  std::optional<std::string> user;
  std::optional<std::string> directory;
  std::vector<std::string> ports;
  std::vector<std::string> volumes;
  std::optional<std::string> wait_http;
  std::optional<std::uint16_t> wait_port;
  std::chrono::seconds wait{60};
  std::chrono::seconds stop{0};
  std::optional<std::filesystem::path> environments;
  job::SandboxRequest sandbox;

  void check() const;
  std::vector<base::PublishedPort> published() const;
  std::vector<container::Mount> mounts() const;
  static json::Table<RunRequest> table();
  static json::Schema event_schemas(json::Definitions& all) {
    return {{"ready", json::schema<job::Ready>(all)}};
  }
};

struct RunResult {
  std::string digest;
  int exit_code = 0;

  static json::Table<RunResult> table();
};

RunResult perform(const RunRequest& request, const job::JobContext& job);

}  // namespace pinnace::running
