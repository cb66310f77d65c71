#include "planning/planned.hpp"

#include "frontend/planner.hpp"

namespace pinnace::planning {

std::filesystem::path Wanted::context_directory() const {
  if (context) return *context;
  const std::filesystem::path directory = std::filesystem::path(definition).parent_path();
  return directory.empty() ? "." : directory;
}

inputs::Wishes Wanted::inputs() const {
  return {definition, lock, locked, repeats};
}

Planned plan_build(const base::Context& context, places::Access& access, const Wanted& wanted,
                   const OwnPaths& own_paths) {
  return containerfile::is_containerfile(wanted.definition)
             ? plan_containerfile(context, access, wanted, own_paths)
             : plan_definition(context, access, wanted, own_paths);
}

}  // namespace pinnace::planning
