#include "building/verify.hpp"

#include "buildplace/targets.hpp"
#include "files/scratch.hpp"
#include "output/reproducible.hpp"

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
  second_request.sbom = second_request.provenance = false;
  BuildOutcome first = build(into_layout(request, scratch.path() / "first"));
  if (!first.result) return first;  // only a plan or findings were asked for
  const BuildOutcome second = build(second_request);
  const output::Targets targets =
      buildplace::open_targets(access, request.tags, first.result->images.size());
  output::put_same(context, {scratch.path() / "first", *first.result},
                   {scratch.path() / "second", second.result.value()}, targets);
  if (first.attest)
    first.attest(context, buildfacts::places_of(request.tags, targets), first.result->images);
  return first;
}

}  // namespace pinnace::building
