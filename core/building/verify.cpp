#include "building/verify.hpp"

#include "build/reproducible.hpp"
#include "disk/oci_layout.hpp"
#include "files/scratch.hpp"
#include "transfer/copy.hpp"

namespace pinnace::building {

namespace {

BuildRequest into_layout(const BuildRequest& request, const std::filesystem::path& directory) {
  BuildRequest changed = request;
  changed.no_cache = true;
  changed.tags = {oci::LayoutName{directory.string(), "1", std::nullopt}};
  return changed;
}

}  // namespace

BuildOutcome build_twice(const base::Context& context, places::Access& access,
                         const BuildRequest& request, const RunBuild& build) {
  const files::ScratchDirectory scratch(context.scratch);
  BuildRequest second_request = into_layout(request, scratch.path() / "second");
  second_request.cache_to.reset();
  second_request.repeats = true;
  BuildOutcome first = build(into_layout(request, scratch.path() / "first"));
  if (!first.result) return first;  // only a plan or findings were asked for
  const BuildOutcome second = build(second_request);
  disk::OciLayout one(scratch.path() / "first", disk::OciLayout::Missing::refuse);
  disk::OciLayout other(scratch.path() / "second", disk::OciLayout::Missing::refuse);
  build::check_same(context, *first.result, one, second.result.value(), other);
  context.log("reproducible: two builds gave " + first.result->root.digest.str());
  const output::Targets targets = open_targets(access, request, first.result->images.size());
  for (const output::Target& target : targets.list())
    transfer::copy_image(context, one, first.result->root.digest.str(), *target.store, target.tag);
  return first;
}

}  // namespace pinnace::building
