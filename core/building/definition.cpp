#include "base/error.hpp"
#include "build/executor.hpp"
#include "build/plan.hpp"
#include "building/own_paths.hpp"
#include "building/request.hpp"
#include "declared/artifacts.hpp"

namespace pinnace::building {

namespace {

using base::Error;
using base::ErrorCode;

void check_request(const BuildRequest& request) {
  if (request.target || !request.arguments.empty())
    throw Error(ErrorCode::invalid_input,
                request.definition + ": stages and build arguments are for Containerfiles");
  if (!request.cache_from.empty() || request.cache_to)
    throw Error(ErrorCode::invalid_input,
                request.definition + ": caches in a registry are for Containerfiles");
  if (request.check_only)
    throw Error(ErrorCode::invalid_input, request.definition + ": checks are for Containerfiles");
}

build::Plan make_plan(const base::Context& context, places::Access& access,
                      const BuildRequest& request, const definition::Definition& definition) {
  const auto lock = request.load_lock();
  build::Plan plan;
  plan.compression = compress::Compression::parse(
      request.compression.value_or(definition.compression.value_or("gzip")));
  plan.source_date = request.source_date;
  plan.config = definition.config;
  for (const auto& [name, value] : request.labels) plan.config.labels[name] = value;
  plan.annotations = definition.annotations;
  check_encoder(request, lock, plan.compression);
  plan.artifacts = declared::collect_artifacts(
      context, definition, std::make_shared<const files::Directory>(request.context_directory()),
      plan.epoch(), request.modes, own_paths(context, access, request));

  std::optional<definition::LockedImage> base;
  Unpinned unpinned(request, lock.has_value());
  if (definition.base)
    base = find_input(context, access, request, lock, *definition.base, unpinned);
  unpinned.warn(context);
  const auto offered = base ? inputs::platforms_of(*base) : std::vector<oci::Platform>{};
  for (const oci::Platform& platform :
       plan::choose_platforms(request.platforms, definition.platforms, offered,
                              base ? base->name : request.definition)) {
    build::PlatformPlan part{platform, {}};
    // choose_platforms() has made sure that the base serves each.
    if (base) part.base = inputs::image_for(*base, platform).value();
    plan.platforms.push_back(std::move(part));
  }
  return plan;
}

}  // namespace

BuildOutcome build_definition(const base::Context& context, places::Access& access,
                              const BuildRequest& request) {
  check_request(request);
  const definition::Definition definition = definition::load_definition(request.definition);
  if (definition.environments)
    access.obey(definition.file.parent_path() / *definition.environments);
  build::Plan plan = make_plan(context, access, request, definition);
  if (request.plan) return {{}, plan.print(), {}};
  output::Targets targets = open_targets(access, request, plan.platforms.size());
  std::shared_ptr<store::BlobStore> base_store;
  if (definition.base)
    base_store =
        access.locate(inputs::from_here(*definition.base, definition.file), places::Purpose::read)
            .store;
  return {build::execute(context, std::move(plan), std::move(base_store), targets,
                         {request.thread_count(), access.local(), !request.no_cache,
                          local::chunk_bytes(request.cache_size)}),
          {},
          {}};
}

}  // namespace pinnace::building
