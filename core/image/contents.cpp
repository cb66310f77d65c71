#include "image/contents.hpp"

#include "base/error.hpp"
#include "oci/foreign_layer.hpp"
#include "oci/image_platform.hpp"
#include "oci/manifest.hpp"
#include "web/redact.hpp"

namespace pinnace::image {

namespace {

/// Whoever needs the files of an image needs all its layers.
void check_foreign_layer(const base::Context& context, store::BlobStore& store,
                         const oci::Descriptor& image, const oci::Descriptor& layer) {
  if (!oci::is_foreign_layer(layer)) return;
  if (store.has_blob(context, layer)) return;
  const auto urls = layer.other.value("urls", nlohmann::json::array());
  const bool has_url = urls.is_array() && !urls.empty() && urls[0].is_string();
  const std::string place =
      has_url ? " but at " + web::quote_text(web::redact_url(urls[0].get<std::string>())) : "";
  throw base::Error(base::ErrorCode::unsupported,
                    "layer " + layer.digest.str() + " of image " + image.digest.str() +
                        " may not be distributed, and is not in " + store.where() + place +
                        "; nothing is fetched from there: use a base that has all its layers");
}

}  // namespace

std::vector<tree::StoredLayer> ImageContents::stored_layers() const {
  const std::vector<hash::Digest> diff_ids = config.diff_ids();
  std::vector<tree::StoredLayer> stored;
  for (std::size_t i = 0; i < layers.size(); ++i) stored.push_back({layers[i], diff_ids.at(i)});
  return stored;
}

ImageContents read_image(const base::Context& context, store::BlobStore& store,
                         const oci::Descriptor& image, const ImageCache& cache) {
  auto manifest = oci::Manifest::parse(cache.manifest(context, store, image));
  oci::refuse_artifact(manifest, image.digest.str());
  oci::Config config = oci::Config::parse(cache.config(context, store, manifest.config));
  if (image.platform) oci::check_platform(config, *image.platform, image.digest.str());
  if (config.diff_ids().size() != manifest.layers.size()) {
    throw base::Error(base::ErrorCode::invalid_input,
                      image.digest.str() + " has " + std::to_string(manifest.layers.size()) +
                          " layers, but " + std::to_string(config.diff_ids().size()) +
                          " diff_ids in its configuration");
  }
  for (const oci::Descriptor& layer : manifest.layers)
    check_foreign_layer(context, store, image, layer);
  return {std::move(manifest.layers), std::move(config)};
}

}  // namespace pinnace::image
