#pragma once

#include "job/job_request.hpp"
#include "job/job_type.hpp"
#include "origin/origin.hpp"

namespace pinnace::tracing {

struct TraceRequest : job::JobRequest {
  static constexpr const char* k_job = "trace";

  std::string image;
  std::optional<oci::Platform> platform;
  std::optional<std::string> package_name;
  std::optional<std::string> path;
  std::optional<std::filesystem::path> source;
  std::optional<std::filesystem::path> environments;

  void check() const;
  static json::Table<TraceRequest> table();
};

struct TraceResult {
  std::string reference;
  std::string digest;
  std::string manifest;
  std::string platform;
  std::string os;
  std::optional<std::string> repository;
  std::optional<std::string> revision;
  std::vector<origin::Artifact> artifacts;
  origin::Base base;
  std::vector<origin::Count> packages;
  std::vector<origin::Layer> layers;
  std::vector<origin::Build> builds;
  std::uint64_t signatures = 0;
  std::vector<origin::Answer> answers;
  std::uint64_t left_out = 0;
  std::vector<std::string> unknown;

  static json::Table<TraceResult> table();
};

TraceResult perform(const TraceRequest& request, const job::JobContext& job);

}  // namespace pinnace::tracing
