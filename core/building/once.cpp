#include "building/once.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "build/executor.hpp"
#include "buildfacts/buildfacts.hpp"
#include "buildplace/caches.hpp"
#include "buildplace/own_paths.hpp"
#include "buildplace/targets.hpp"

namespace pinnace::building {

namespace {

std::vector<std::string> own_paths(const base::Context& context, places::Access& access,
                                   const BuildRequest& request) {
  buildplace::OwnPlaces own{request.context_directory(), request.tags, request.cache_from,
                            request.metadata};
  if (request.cache_to) own.written.push_back(*request.cache_to);
  return buildplace::own_paths(context, access, own);
}

stages::Options options_of(places::Access& access, const BuildRequest& request,
                           const planning::Planned& planned) {
  stages::Options options;
  options.context = planned.context;
  options.make.compression = planned.compression;
  options.make.source_date = planned.source_date;
  options.make.threads = request.thread_count();
  options.make.local = access.local();
  options.make.reuse = !request.no_cache;
  options.make.chunk_bytes = local::chunk_bytes(request.cache_size);
  options.run = {request.sandbox.options(access.local()), request.sandbox.network, request.secrets,
                 request.ssh_agents, request.sandbox.limits()};
  options.remote = access.remote_reach(request.loopback);
  return options;
}

/// What is damaged in a cache is what it doesn't have. Each time round it has less.
output::BuildResult execute_past_damage(const base::Context& context, std::vector<plan::Plan> plans,
                                        const stages::Options& options, output::Targets& targets) {
  // Whoever begins again needs the plans again; trees may be large.
  while (options.cache != nullptr && options.cache->may_find()) {
    try {
      return build::execute(context, plans, options, targets);
    } catch (const base::Error& error) {
      if (error.code() != base::ErrorCode::integrity || !options.cache->forget_damaged(context))
        throw;
    }
  }
  return build::execute(context, std::move(plans), options, targets);
}

buildfacts::Told told_of(const base::Context& context, places::Access& access,
                         const BuildRequest& request) {
  buildfacts::Told told;
  for (const auto& secret : request.secrets) told.secrets.push_back(secret.first);
  for (const auto& agent : request.ssh_agents) told.ssh_agents.push_back(agent.first);
  const BuildRequest::Invocation& by = request.invocation;
  told.invocation = {by.builder, by.job, by.build, by.url};
  told.own_paths = own_paths(context, access, request);
  told.environment = request.sandbox.options(access.local()).environment;
  return told;
}

/// Null if nothing is wished for.
Attest attest_of(const base::Context& context, places::Access& access, const BuildRequest& request,
                 const planning::Planned& planned) {
  const attestation::Wishes wishes{request.sbom, request.provenance};
  if (!wishes.sbom && !wishes.provenance) return {};
  provenance::Build described;
  if (wishes.provenance)
    described = buildfacts::describe(context, request, planned, told_of(context, access, request));
  return [=, inventories = access.local().at(local::Part::inventories)](
             const base::Context& inner, const std::vector<attestation::Place>& places,
             const std::vector<output::BuiltImage>& images) {
    return base::with_context(
        [] { return "attaching SBOM and provenance, without which --no-attest builds"; },
        [&] { return attestation::attest(inner, places, images, wishes, described, inventories); });
  };
}

void build(const base::Context& context, places::Access& access, const BuildRequest& request,
           planning::Planned planned, BuildOutcome& outcome) {
  if (request.metadata) access.check_written_file(*request.metadata);
  stages::Options options = options_of(access, request, planned);
  buildplace::BuildCaches caches(context, access,
                                 {request.cache_from, request.cache_to, !request.no_cache});
  const bool has_only_trees =
      std::all_of(planned.plans.begin(), planned.plans.end(), plan::has_only_trees);
  // What trees became on this machine is known without the cache.
  if (caches.is_shared() || !has_only_trees) options.cache = &caches.cache();
  options.exported = caches.exported();
  output::Targets targets = buildplace::open_targets(access, request.tags, planned.plans.size());
  caches.check_apart(targets);
  const auto places = buildfacts::places_of(request.tags, targets);
  if (!places.empty()) outcome.attest = attest_of(context, access, request, planned);
  if (outcome.attest) {
    options.on_images = [&](const base::Context& inner, const auto& images) {
      outcome.package_counts = outcome.attest(inner, places, images);
    };
  }
  outcome.result = execute_past_damage(context, std::move(planned.plans), options, targets);
  caches.finish(context, request.cache_size);
}

}  // namespace

BuildOutcome build_once(const base::Context& context, places::Access& access,
                        const BuildRequest& request) {
  planning::Planned planned = planning::plan_build(
      context, access, request, [&] { return own_paths(context, access, request); });
  BuildOutcome outcome;
  outcome.findings = std::move(planned.findings);
  if (request.check_only) return outcome;
  if (request.plan) {
    outcome.plan =
        plan::print(planned.plans, planned.compression.encoder(), planned.source_date.value_or(0));
  } else {
    build(context, access, request, std::move(planned), outcome);
  }
  return outcome;
}

}  // namespace pinnace::building
