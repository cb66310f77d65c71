#pragma once

#include <array>

#include "jobs/job_request.hpp"
#include "jobs/job_type.hpp"

namespace pinnace::jobs {

enum class TagOrder { name, version };

struct TagsRequest : JobRequest {
  static constexpr const char* k_job = "tags";

  std::string repository;
  bool digests = false;
  TagOrder order = TagOrder::name;
  std::optional<std::filesystem::path> environments;

  void check() const;
  static json::Table<TagsRequest> table();
};

struct TagsResult {
  struct Tag {
    std::string name;
    std::optional<std::string> digest;

    static json::Table<Tag> table();
  };
  std::vector<Tag> tags;

  static json::Table<TagsResult> table();
};

TagsResult perform(const TagsRequest& request, const JobContext& job);

}  // namespace pinnace::jobs

template <>
struct pinnace::json::NamesOf<pinnace::jobs::TagOrder> {
  static constexpr std::array<std::pair<jobs::TagOrder, const char*>, 2> k_names = {
      {{jobs::TagOrder::name, "name"}, {jobs::TagOrder::version, "version"}}};
};
