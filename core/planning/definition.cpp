#include "base/error.hpp"
#include "declared/artifacts.hpp"
#include "declared/plan.hpp"
#include "plan/platforms.hpp"
#include "planning/planned.hpp"

namespace pinnace::planning {

namespace {

using base::Error;
using base::ErrorCode;

/// It has no stages and no arguments, and its mistakes are errors.
void check_wanted(const Wanted& wanted) {
  if (wanted.target || !wanted.arguments.empty())
    throw Error(ErrorCode::invalid_input,
                wanted.definition + ": stages and build arguments are for Containerfiles");
  if (wanted.check_only)
    throw Error(ErrorCode::invalid_input, wanted.definition + ": checks are for Containerfiles");
}

/// One for each platform.
std::vector<plan::Plan> make_plans(const Wanted& wanted, const definition::Definition& definition,
                                   const std::shared_ptr<tree::FileTree>& artifacts,
                                   inputs::Inputs& inputs) {
  const auto& base = definition.base;
  std::vector<oci::Platform> offered;
  if (base) offered = inputs::platforms_of(inputs.find(*base));
  inputs.warn_of_unpinned();
  std::vector<plan::Plan> plans;
  for (const oci::Platform& platform :
       plan::choose_platforms(wanted.platforms, definition.platforms, offered,
                              base ? base->text : wanted.definition)) {
    std::optional<image::ImageInput> input;
    if (base) input = inputs.load(*base, platform);
    plans.push_back(declared::plan_definition(definition, platform, std::move(input), artifacts));
  }
  return plans;
}

}  // namespace

Planned plan_definition(const base::Context& context, places::Access& access, const Wanted& wanted,
                        const OwnPaths& own_paths) {
  check_wanted(wanted);
  definition::Definition definition = definition::load_definition(wanted.definition);
  if (definition.environments)
    access.obey(definition.file.parent_path() / *definition.environments);
  for (const auto& [name, value] : wanted.labels) definition.config.labels[name] = value;
  inputs::Inputs inputs(context, access, wanted.inputs());
  Planned planned;
  planned.compression = compress::Compression::parse(
      wanted.compression.value_or(definition.compression.value_or("gzip")));
  if (!wanted.compression) inputs.check_encoder(planned.compression);
  planned.source_date = wanted.source_date ? wanted.source_date : inputs.created();
  const auto artifacts = std::make_shared<tree::FileTree>(declared::collect_artifacts(
      context, definition, std::make_shared<const files::Directory>(wanted.context_directory()),
      planned.source_date.value_or(0), wanted.modes, own_paths()));
  planned.plans = make_plans(wanted, definition, artifacts, inputs);
  return planned;
}

}  // namespace pinnace::planning
