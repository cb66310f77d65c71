#include "tracing/unknown.hpp"

#include <algorithm>

namespace pinnace::tracing {

namespace {

using origin::Build;

constexpr std::size_t k_most = 900;

void add_about_builds(TraceResult& result) {
  std::vector<std::string>& unknown = result.unknown;
  if (result.builds.empty())
    unknown.emplace_back(
        "who built it and of what: no provenance is beside it (\"pinnace build\" attaches it, "
        "\"pinnace copy --referrers\" takes it along)");
  if (result.builds.size() > 1)
    unknown.push_back("which build it is of: there are " + std::to_string(result.builds.size()) +
                      " provenances");
  for (const Build& one : result.builds) {
    if (!one.revision)
      unknown.push_back("which revision it was built from: the provenance in " + one.where +
                        " names none");
    if (!one.builder)
      unknown.push_back("who built it: the provenance in " + one.where + " does not say");
    if (!one.complete) unknown.push_back("whether the inputs in " + one.where + " are all");
    for (const std::string& reason : one.not_recorded)
      unknown.push_back("what else it was built of: " + reason);
  }
}

void add_about_signatures(TraceResult& result) {
  const bool is_attested = std::any_of(result.builds.begin(), result.builds.end(),
                                       [](const Build& one) { return one.is_signed; });
  if (!result.builds.empty() && !is_attested)
    result.unknown.emplace_back(
        "whether the provenance is true: it is not signed, and whoever may write there can have "
        "written it");
  if (result.signatures == 0 && !is_attested)
    result.unknown.emplace_back("whether somebody vouches for it: it is not signed");
  else
    result.unknown.emplace_back(
        "whose the signatures are: no key was looked at (\"pinnace verify\" does)");
}

void add_about_base(TraceResult& result) {
  const origin::Base& base = result.base;
  if (base.layers) return;
  if (!base.digest)
    result.unknown.emplace_back(
        "which base it has: it does not say (org.opencontainers.image.base.digest)");
  else if (std::none_of(result.unknown.begin(), result.unknown.end(), [](const std::string& one) {
             return one.starts_with("which layers are the base's");
           }))
    result.unknown.push_back("which layers are the base's: the manifest " + *base.digest +
                             " is neither remembered nor beside the image (\"pinnace packages\" of "
                             "the base makes it known)");
}

}  // namespace

void add_unknown(std::size_t findings, TraceResult& result) {
  add_about_builds(result);
  add_about_signatures(result);
  add_about_base(result);
  if (findings != 0)
    result.unknown.push_back(
        "what " + std::to_string(findings) +
        " files that could not be read hold (\"pinnace packages\" lists them)");
  if (result.unknown.size() <= k_most) return;
  const std::size_t more = result.unknown.size() - k_most;
  result.unknown.resize(k_most);
  result.unknown.push_back("and " + std::to_string(more) + " more");
}

}  // namespace pinnace::tracing
