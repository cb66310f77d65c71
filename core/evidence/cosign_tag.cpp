#include "evidence/cosign_tag.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>

#include "base/error.hpp"
#include "json/json.hpp"
#include "oci/manifest.hpp"
#include "store/settled.hpp"

namespace pinnace::evidence {

using base::Context;
using base::Error;
using base::ErrorCode;

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Each time that one is refused another one has written: so many may write at once.
constexpr int k_tries = 100;

/// Two that met once meet again unless they wait differently.
milliseconds pause_before(int attempt) {
  std::random_device random;
  return milliseconds(random() % static_cast<unsigned>(std::min(attempt, 10) * 20 + 1));
}

oci::Manifest parsed(const std::optional<oci::RawManifest>& raw) {
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

/// Throws conflict where somebody else has written meanwhile, and the store can tell.
hash::Digest add_once(const Context& context, store::BlobStore& store, const std::string& tag,
                      const oci::Descriptor& layer) {
  const auto before = store.find_manifest(context, tag);
  oci::Manifest image = parsed(before);
  if (before && has_layer(image, layer)) return before->digest;
  image.layers.push_back(layer);
  image.config = store::put_bytes(store, context, config_of(image), oci::media_type::k_config);
  const oci::RawManifest after = image.to_raw();
  store.put_instead(context, after, tag, before ? std::optional(before->digest) : std::nullopt);
  return after.digest;
}

/// Whether a layer that was written stays. A layout refuses to be written over.
bool stays(const Context& context, store::BlobStore& store, const std::string& tag,
           const oci::Descriptor& layer, Clock::duration our_time) {
  if (!store.is_remote()) return true;
  return store::is_settled(
      our_time, [&](milliseconds duration) { context.sleep(duration); },
      [&] { return has_layer(parsed(store.find_manifest(context, tag)), layer); });
}

}  // namespace

hash::Digest add_layer(const Context& context, store::BlobStore& store, const std::string& tag,
                       std::string_view bytes, std::string_view media_type,
                       const std::map<std::string, std::string>& annotations) {
  oci::Descriptor layer = store::put_bytes(store, context, bytes, media_type);
  layer.annotations = annotations;
  for (int attempt = 1;; ++attempt) {
    context.check();
    const auto started = Clock::now();
    try {
      const hash::Digest digest = add_once(context, store, tag, layer);
      if (stays(context, store, tag, layer, Clock::now() - started)) return digest;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::conflict || attempt == k_tries) throw;
    }
    if (attempt == k_tries)
      throw Error(ErrorCode::conflict, "tag " + tag + " of " + store.where() +
                                           " is written by others at the same time; try again");
    context.sleep(pause_before(attempt));
  }
}

}  // namespace pinnace::evidence
