#include "evidence/cosign_tag.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "json/json.hpp"
#include "oci/manifest.hpp"

namespace pinnace::evidence {

using base::Context;
using base::Error;
using base::ErrorCode;

namespace {

constexpr int k_tries = 5;

oci::Manifest read_image(const Context& context, store::BlobStore& store, const std::string& tag) {
  const auto raw = store.find_manifest(context, tag);
  if (raw) return oci::Manifest::parse(*raw);
  return {std::string(oci::media_type::k_manifest),
          {std::string(oci::media_type::k_config), hash::Digest::of(""), 0, {}, {}, {}, {}},
          {},
          {},
          {},
          {}};
}

bool has_layer(const oci::Manifest& image, const oci::Descriptor& layer) {
  return std::any_of(image.layers.begin(), image.layers.end(), [&](const oci::Descriptor& one) {
    return one.digest == layer.digest && one.annotations == layer.annotations;
  });
}

/// What a configuration of such an image has: nothing but its layers.
std::string config_of(const oci::Manifest& image) {
  nlohmann::json layers = nlohmann::json::array();
  for (const oci::Descriptor& layer : image.layers) layers.push_back(layer.digest.str());
  return json::dump({{"architecture", ""},
                     {"created", "0001-01-01T00:00:00Z"},
                     {"config", nlohmann::json::object()},
                     {"os", ""},
                     {"rootfs", {{"type", "layers"}, {"diff_ids", layers}}}},
                    "configuration");
}

}  // namespace

hash::Digest add_layer(const Context& context, store::BlobStore& store, const std::string& tag,
                       std::string_view bytes, std::string_view media_type,
                       const std::map<std::string, std::string>& annotations) {
  oci::Descriptor layer = store::put_bytes(store, context, bytes, media_type);
  layer.annotations = annotations;
  for (int attempt = 0; attempt < k_tries; ++attempt) {
    oci::Manifest image = read_image(context, store, tag);
    if (!has_layer(image, layer)) {
      image.layers.push_back(layer);
      image.config = store::put_bytes(store, context, config_of(image), oci::media_type::k_config);
      store.put_manifest(context, image.to_raw(), tag);
    }
    const auto now = store.find_manifest(context, tag);
    if (now && has_layer(oci::Manifest::parse(*now), layer)) return now->digest;
  }
  throw Error(ErrorCode::conflict, "tag " + tag + " of " + store.where() +
                                       " is written by others at the same time; try again");
}

}  // namespace pinnace::evidence
