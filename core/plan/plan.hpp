#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "containerfile/lint.hpp"
#include "image/input.hpp"
#include "oci/config.hpp"
#include "plan/step.hpp"

namespace pinnace::plan {

/// A line of the image's history, and the step that may make a layer for it.
struct HistoryLine {
  std::string text;
  std::optional<std::size_t> step;
};

struct StagePlan {
  std::string name;  ///< its own, or its number; empty: there are no others
  std::variant<FromScratch, FromStage, FromImage> base;
  std::vector<Step> steps;
  std::vector<HistoryLine> history;
  /// What the image's configuration says at the end; the layers and history in it are the base
  /// image's.
  oci::Config config;
};

/// What a build will do for one platform: the stages that the target needs, each after those that
/// it needs itself; the last one is the target. A value: nothing is written to make it.
struct Plan {
  oci::Platform platform;
  std::vector<StagePlan> stages;
  std::vector<image::ImageInput> images;
  std::map<std::string, std::string> annotations;  ///< of the manifest and the index
  std::vector<containerfile::Finding> findings;    ///< variables that nobody has set
  std::vector<std::string> unused_arguments;
};

/// Whether no step needs anything but files that the plan has.
bool has_only_trees(const Plan& plan);

/// For people: one line a fact. Files of trees stand at the end, once for all platforms.
std::string print(const std::vector<Plan>& plans, const std::string& encoder, std::int64_t epoch);

}  // namespace pinnace::plan
