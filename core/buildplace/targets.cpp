#include "buildplace/targets.hpp"

#include "base/error.hpp"

namespace pinnace::buildplace {

using base::Error;
using base::ErrorCode;

namespace {

void check_holds(const oci::ImageName& name, std::size_t platforms) {
  const auto* archive = std::get_if<oci::ArchiveName>(&name);
  if (platforms < 2 || archive == nullptr || archive->format != oci::ArchiveFormat::docker) return;
  throw Error(ErrorCode::invalid_input,
              to_string(name) + " holds an image for one platform, and this build is for " +
                  std::to_string(platforms) + "; choose one by --platform");
}

}  // namespace

output::Targets open_targets(places::Access& access, const std::vector<oci::ImageName>& names,
                             std::size_t platforms) {
  std::vector<output::Target> targets;
  for (const oci::ImageName& name : names) {
    check_holds(name, platforms);
    const places::Located located = access.locate(name, places::Purpose::write);
    if (located.digest) {
      throw Error(ErrorCode::invalid_input, "the tag \"" + to_string(name) +
                                                "\" has a digest, which only the build can tell");
    }
    targets.push_back({located.store, located.tag.value_or("latest")});
  }
  if (targets.empty()) targets.push_back({access.local_images(), ""});
  return output::Targets(std::move(targets));
}

}  // namespace pinnace::buildplace
