#pragma once

#include "job/job_request.hpp"
#include "job/job_type.hpp"

namespace pinnace::showing {

struct InspectRequest : job::JobRequest {
  static constexpr const char* k_job = "inspect";

  std::vector<std::string> references;
  bool digest_only = false;
  std::optional<std::filesystem::path> environments;

  void check() const;
  static json::Table<InspectRequest> table();
};

struct InspectResult {
  struct Layer {
    std::string digest;
    std::uint64_t size = 0;
    std::string media_type;

    static json::Table<Layer> table();
  };
  struct Image {
    std::string digest;
    std::optional<std::string> platform;
    std::optional<std::string> created;
    std::optional<nlohmann::json> config;
    std::vector<Layer> layers;
    std::map<std::string, std::string> annotations;

    static json::Table<Image> table();
  };
  struct Item {
    std::string reference;
    std::string digest;
    std::string media_type;
    std::uint64_t size = 0;
    std::optional<std::map<std::string, std::string>> annotations;
    std::optional<std::vector<Image>> images;

    static json::Table<Item> table();
  };
  std::vector<Item> images;

  static json::Table<InspectResult> table();
};

InspectResult perform(const InspectRequest& request, const job::JobContext& job);

}  // namespace pinnace::showing
