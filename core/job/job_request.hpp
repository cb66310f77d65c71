#pragma once

#include <filesystem>
#include <optional>

#include "job/job.hpp"
#include "json/fields.hpp"
#include "oci/image_name.hpp"
#include "oci/platform.hpp"
#include "places/access.hpp"

// How the fields of jobs are written in JSON (json/fields.hpp), beside what json knows itself.
template <>
struct pinnace::json::TextOf<pinnace::oci::ImageName> {
  static constexpr const char* k_pattern = nullptr;
  static oci::ImageName parse(const std::string& text) { return oci::parse_image_name(text); }
  static std::string print(const oci::ImageName& name) { return to_string(name); }
};
template <>
struct pinnace::json::TextOf<pinnace::oci::Platform> {
  static constexpr const char* k_pattern = nullptr;
  static oci::Platform parse(const std::string& text) { return oci::Platform::parse(text); }
  static std::string print(const oci::Platform& platform) { return platform.str(); }
};

namespace pinnace::job {

/// What all requests have.
struct JobRequest {
  int version = k_protocol_version;
  std::filesystem::path store;
  std::optional<std::filesystem::path> registries;

  places::Access::Options places(std::optional<std::filesystem::path> environments = {}) const {
    return {store, registries, std::move(environments)};
  }
};

/// The table of a request that is a JobRequest and has fields of its own.
template <std::derived_from<JobRequest> T>
json::Table<T> request_table(const char* name, const char* sentence,
                             std::vector<json::Field<T>> own) {
  json::Table<T> table = {name,
                          sentence,
                          {{"version",
                            &JobRequest::version,
                            "Version of the protocol.",
                            {.least = k_protocol_version, .most = k_protocol_version}},
                           {"store", &JobRequest::store, "Directory of the local store and cache."},
                           {"registries", &JobRequest::registries,
                            "Settings file (docs/formats/registries.md); null: the user's."}}};
  table.fields.insert(table.fields.end(), own.begin(), own.end());
  return table;
}

/// What texts and numbers in results are held to. Who gets a result from somebody who need not be
/// trusted refuses what is beyond.
inline constexpr json::Limits k_name{.length = 1024,
                                     .pattern = R"(^[A-Za-z0-9_][A-Za-z0-9._:/@+\[\]-]*$)"};
inline constexpr json::Limits k_line{.length = 4096};
inline constexpr json::Limits k_lines{.length = std::size_t{8} << 20, .lines = true};
inline constexpr json::Limits k_size{.most = std::int64_t{1} << 50};

}  // namespace pinnace::job
