#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inputs/inputs.hpp"
#include "plan/plan.hpp"
#include "steps/copy_origin.hpp"
#include "tree/context_mode.hpp"

namespace pinnace::planning {

/// What is built, and from what.
struct Wanted {
  std::string definition;
  std::optional<std::string> context;
  std::optional<std::string> lock;
  bool locked = false;
  bool plan = false;  ///< nothing is built of it
  bool check_only = false;
  std::optional<std::string> target;
  std::map<std::string, std::string> arguments;
  std::vector<oci::Platform> platforms;
  std::map<std::string, std::string> labels;
  std::optional<std::string> compression;
  std::optional<std::int64_t> source_date;     ///< SOURCE_DATE_EPOCH, if somebody has set it
  tree::Modes modes = tree::Modes::normalize;  ///< of the context's files
  bool repeats = false;  ///< the same was built before: what was said of its inputs is known

  /// The context's directory: what was asked for, else the definition's.
  std::filesystem::path context_directory() const;
  inputs::Wishes inputs() const;
};

/// What a build will do.
struct Planned {
  std::vector<plan::Plan> plans;  ///< none if only checks were asked for
  std::vector<containerfile::Finding> findings;
  compress::Compression compression;
  std::optional<std::int64_t> source_date;     ///< what was asked for, else what the lock has
  std::shared_ptr<steps::CopyOrigin> context;  ///< if steps take something from it
};

/// Paths in the context that are none of it: what the build reads and writes for itself. Throws for
/// what can't be.
using OwnPaths = std::function<std::vector<std::string>()>;

/// Plans what a definition says, whatever kind it is of. Nothing is written.
Planned plan_build(const base::Context& context, places::Access& access, const Wanted& wanted,
                   const OwnPaths& own_paths);

Planned plan_containerfile(const base::Context& context, places::Access& access,
                           const Wanted& wanted, const OwnPaths& own_paths);
Planned plan_definition(const base::Context& context, places::Access& access, const Wanted& wanted,
                        const OwnPaths& own_paths);

}  // namespace pinnace::planning
