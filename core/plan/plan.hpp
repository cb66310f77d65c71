#pragma once

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
  std::string name;  ///< its own, or its number
  std::variant<FromScratch, FromStage, FromImage> base;
  std::vector<Step> steps;
  std::vector<HistoryLine> history;
  /// What the image's configuration says at the end; the layers and history in it are the base
  /// image's.
  oci::Config config;
};

/// What the build of a Containerfile will do for one platform: the stages that the target needs,
/// each after those that it needs itself; the last one is the target.
struct ContainerfilePlan {
  oci::Platform platform;
  std::vector<StagePlan> stages;
  std::vector<image::ImageInput> images;
  std::vector<containerfile::Finding> findings;  ///< variables that nobody has set
  std::vector<std::string> unused_arguments;

  /// For people: one line a fact.
  std::string print() const;
};

}  // namespace pinnace::plan
