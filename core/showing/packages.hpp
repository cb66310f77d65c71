#pragma once

#include "job/job_request.hpp"
#include "job/job_type.hpp"
#include "packages/package.hpp"
#include "sbom/document.hpp"

namespace pinnace::showing {

struct PackagesRequest : job::JobRequest {
  static constexpr const char* k_job = "packages";

  std::string image;
  std::optional<oci::Platform> platform;
  std::optional<std::filesystem::path> environments;
  std::optional<sbom::Format> document;

  void check() const;
  static json::Table<PackagesRequest> table();
};

struct PackagesResult {
  struct Os {
    std::string id;
    std::string version;
    std::string name;

    static json::Table<Os> table();
  };
  struct Package {
    std::string purl;
    packages::PackageType type = packages::PackageType::deb;
    std::string name;
    std::string version;
    std::string architecture;
    std::string source;
    std::string source_version;
    std::vector<std::string> licences;
    std::string path;
    std::string inside;
    std::uint64_t layer = 0;

    static json::Table<Package> table();
  };
  struct Finding {
    std::uint64_t layer = 0;
    std::string path;
    std::string problem;

    static json::Table<Finding> table();
  };
  std::string digest;
  std::string platform;
  Os os;
  std::vector<std::string> layers;
  std::vector<Package> packages;
  std::vector<Finding> findings;
  std::optional<std::string> document;

  static json::Table<PackagesResult> table();
};

PackagesResult perform(const PackagesRequest& request, const job::JobContext& job);

}  // namespace pinnace::showing
