#pragma once

#include <array>

#include "job/job_request.hpp"
#include "job/job_type.hpp"

namespace pinnace::verbs {

enum class TagOrder { name, version };

struct TagsRequest : job::JobRequest {
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

TagsResult perform(const TagsRequest& request, const job::JobContext& job);

}  // namespace pinnace::verbs

template <>
struct pinnace::json::NamesOf<pinnace::verbs::TagOrder> {
  static constexpr std::array<std::pair<verbs::TagOrder, const char*>, 2> k_names = {
      {{verbs::TagOrder::name, "name"}, {verbs::TagOrder::version, "version"}}};
};
