#include <set>

#include "base/error.hpp"
#include "base/parallel.hpp"
#include "oci/config.hpp"
#include "oci/image_platform.hpp"
#include "showing/inspect.hpp"
#include "store/child_manifest.hpp"

namespace pinnace::showing {

json::Table<InspectRequest> InspectRequest::table() {
  return job::request_table<InspectRequest>(
      "InspectRequest", "Says what references are.",
      {{"references", &InspectRequest::references, "Images."},
       {"digestOnly", &InspectRequest::digest_only,
        "Whether no more than digest, type and size is wanted."},
       {"environments", &InspectRequest::environments, "File for env: names; null: none."}});
}

json::Table<InspectResult> InspectResult::table() {
  return {"InspectResult",
          "What references are.",
          {{"images", &InspectResult::images, "In the order asked for."}}};
}

json::Table<InspectResult::Item> InspectResult::Item::table() {
  return {"InspectResult.Item",
          "What one reference is.",
          {{"reference", &Item::reference, "As it was asked for.", job::k_line},
           {"digest", &Item::digest, "Of the index or manifest.", json::k_digest},
           {"mediaType", &Item::media_type, "Of the same.", job::k_name},
           {"size", &Item::size, "Bytes of the same.", job::k_size},
           {"annotations",
            &Item::annotations,
            "Of the same; null if only digests were asked for.",
            {.lines = true}},
           {"images",
            &Item::images,
            "One for each manifest; null if only digests were asked for.",
            {.count = 10'000}}}};
}

json::Table<InspectResult::Image> InspectResult::Image::table() {
  return {"InspectResult.Image",
          "An image of a reference, or what else has a manifest.",
          {{"digest", &Image::digest, "Of the manifest.", json::k_digest},
           {"platform", &Image::platform, "Null for what is no container image.", job::k_name},
           {"created", &Image::created, "Time (RFC 3339); null if it does not say.", job::k_line},
           {"config", &Image::config,
            "How it runs (OCI image configuration, \"config\"); null for what is no container "
            "image."},
           {"layers", &Image::layers, "Lowest first.", {.count = 1000}},
           {"annotations", &Image::annotations, "Of the manifest.", {.lines = true}}}};
}

json::Table<InspectResult::Layer> InspectResult::Layer::table() {
  return {"InspectResult.Layer",
          "A layer of an image.",
          {{"digest", &Layer::digest, "Of the compressed bytes.", json::k_digest},
           {"size", &Layer::size, "Of the same.", job::k_size},
           {"mediaType", &Layer::media_type, "Says how it is compressed.", job::k_name}}};
}

namespace {

/// References are resolved so many at a time.
constexpr unsigned k_parallel = 8;

/// The images of an index are described by as many bytes at most as one image may be: what is shown
/// is in memory, many times as large.
constexpr std::size_t k_max_described = oci::k_max_manifest + oci::k_max_config;

std::vector<InspectResult::Layer> layers_of(const oci::Manifest& manifest) {
  std::vector<InspectResult::Layer> layers;
  for (const oci::Descriptor& layer : manifest.layers)
    layers.push_back({layer.digest.str(), layer.size, layer.media_type});
  return layers;
}

/// What the images of one reference may still be described by.
class Budget {
 public:
  void take(std::uint64_t bytes) {
    if (bytes > m_left) {
      throw base::Error(base::ErrorCode::invalid_input,
                        "its manifests and configurations are larger than " +
                            std::to_string(k_max_described) + " bytes together");
    }
    m_left -= bytes;
  }

 private:
  std::uint64_t m_left = k_max_described;
};

InspectResult::Image describe_image(const base::Context& context, store::BlobStore& store,
                                    const oci::RawManifest& raw,
                                    const std::optional<oci::Platform>& listed, Budget& budget) {
  budget.take(raw.bytes.size());
  const oci::Manifest manifest = oci::Manifest::parse(raw);
  InspectResult::Image image;
  image.digest = raw.digest.str();
  image.layers = layers_of(manifest);
  image.annotations = manifest.annotations;
  if (!oci::is_image(manifest)) return image;
  budget.take(manifest.config.size);
  const oci::Config config =
      oci::Config::parse(store::read_blob(store, context, manifest.config, oci::k_max_config));
  if (listed) oci::check_platform(config, *listed, raw.digest.str());
  image.platform = config.platform().str();
  image.config = config.json().value("config", nlohmann::json::object());
  const auto created = config.json().find("created");
  if (created != config.json().end() && created->is_string()) image.created = *created;
  return image;
}

std::vector<InspectResult::Image> describe_images(const base::Context& context,
                                                  store::BlobStore& store,
                                                  const oci::RawManifest& raw) {
  std::vector<InspectResult::Image> images;
  Budget budget;
  if (!raw.is_index()) {
    images.push_back(describe_image(context, store, raw, std::nullopt, budget));
    return images;
  }
  std::set<hash::Digest> seen;
  for (const oci::Descriptor& child : oci::Index::parse(raw).manifests) {
    if (!oci::media_type::is_manifest(child.media_type) || !seen.insert(child.digest).second)
      continue;
    const oci::RawManifest image = store::get_child(store, context, child);
    images.push_back(describe_image(context, store, image, child.platform, budget));
  }
  return images;
}

InspectResult::Item describe(const base::Context& context, const places::Located& located,
                             const oci::ImageName& name, const oci::RawManifest& raw) {
  return {
      to_string(name),
      raw.digest.str(),
      raw.media_type,
      raw.bytes.size(),
      raw.is_index() ? oci::Index::parse(raw).annotations : oci::Manifest::parse(raw).annotations,
      describe_images(context, *located.store, raw)};
}

/// No more than digest, type and size.
InspectResult::Item resolve(const base::Context& context, const places::Located& located,
                            const oci::ImageName& name) {
  const std::string wanted = located.tag_or_digest();
  const auto resolved = located.store->resolve(context, wanted);
  const oci::Descriptor found =
      resolved ? *resolved : store::get_manifest(*located.store, context, wanted).descriptor();
  return {to_string(name), found.digest.str(), found.media_type, found.size, {}, {}};
}

InspectResult::Item inspect(const base::Context& context, const places::Located& located,
                            const oci::ImageName& name) {
  const oci::RawManifest raw =
      store::get_manifest(*located.store, context, located.tag_or_digest());
  return base::with_context([&] { return "inspecting " + to_string(name); },
                            [&] { return describe(context, located, name, raw); });
}

}  // namespace

void InspectRequest::check() const {
  for (const std::string& reference : references) (void)oci::parse_image_name(reference);
}

InspectResult perform(const InspectRequest& request, const job::JobContext& job) {
  places::Access access = job.access(request.places(request.environments));
  InspectResult result;
  result.images.resize(request.references.size());
  base::for_each_parallel(
      job.context, result.images.size(), k_parallel,
      [&](const base::Context& inner, std::size_t i) {
        const oci::ImageName name = oci::parse_image_name(request.references[i]);
        const places::Located located = access.locate(name, places::Purpose::read);
        result.images[i] =
            request.digest_only ? resolve(inner, located, name) : inspect(inner, located, name);
      });
  return result;
}

}  // namespace pinnace::showing
