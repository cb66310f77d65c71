#include "oci/image_platform.hpp"

#include <array>

#include "base/error.hpp"
#include "oci/media_type.hpp"

namespace pinnace::oci {

bool is_image(const Manifest& manifest) {
  const std::string& type = manifest.config.media_type;
  return type == media_type::k_config || type == media_type::k_docker_config;
}

void refuse_artifact(const Manifest& manifest, const std::string& what) {
  const bool says_so = manifest.artifact_type || manifest.config.media_type == media_type::k_empty;
  if (is_image(manifest) || !says_so) return;
  const std::string type = manifest.artifact_type.value_or(manifest.config.media_type);
  throw base::Error(
      base::ErrorCode::invalid_input,
      what + (type == k_build_cache ? " is a build cache" : " is an artifact of the type " + type) +
          ", expected an image");
}

void check_platform(const Config& config, const Platform& listed, const std::string& image) {
  // Attestations are listed so; that is no claim.
  if (listed.os == "unknown" || listed.architecture == "unknown") return;
  Platform want = listed;
  Platform have = config.platform();
  if (have.variant.empty()) have.variant = listed.variant;
  want.os_version.clear();
  have.os_version.clear();
  if (choose_platform(want, std::array{have})) return;
  throw base::Error(base::ErrorCode::integrity,
                    "image " + image + " is listed for " + listed.str() +
                        " by its index, but its configuration says " + config.platform().str() +
                        "; expected an image of which both say the same");
}

}  // namespace pinnace::oci
