#include <set>

#include "base/error.hpp"
#include "jobs/access.hpp"
#include "jobs/makers.hpp"
#include "oci/config.hpp"
#include "oci/image_platform.hpp"
#include "store/child_manifest.hpp"
#include "transfer/parallel.hpp"

namespace pinnace::jobs {

namespace {

using nlohmann::json;

/// References are resolved so many at a time.
constexpr unsigned k_parallel = 8;

/// The images of an index are described by as many bytes at most as one image may be: what is shown
/// is in memory, many times as large.
constexpr std::size_t k_max_described = oci::k_max_manifest + oci::k_max_config;

/// inspect: {references, digestOnly, environments} -> {images: [{reference, digest, mediaType,
/// size, annotations, images: [{digest, platform, created, config, layers, annotations}]}]}.
class InspectJob final : public Job {
 public:
  InspectJob(RequestReader& request, std::shared_ptr<const config::CredentialStore> credentials);
  std::string run(const base::Context& context) override;

 private:
  json inspect(const base::Context& context, Access& access, const ImageName& name) const;
  static json describe(const base::Context& context, const Located& located, const ImageName& name,
                       const oci::RawManifest& raw);

  std::vector<ImageName> m_references;
  bool m_digest_only;
  Access::Options m_access;
  std::shared_ptr<const config::CredentialStore> m_credentials;
};

InspectJob::InspectJob(RequestReader& request,
                       std::shared_ptr<const config::CredentialStore> credentials)
    : m_digest_only(request.flag("digestOnly")),
      m_access{request.text("store"), request.optional_text("registries"),
               request.optional_text("environments")},
      m_credentials(std::move(credentials)) {
  for (const std::string& text : request.texts("references")) {
    m_references.push_back(oci::parse_image_name(text));
  }
}

json layers_of(const oci::Manifest& manifest) {
  json layers = json::array();
  for (const oci::Descriptor& layer : manifest.layers) {
    layers.push_back(
        {{"digest", layer.digest.str()}, {"size", layer.size}, {"mediaType", layer.media_type}});
  }
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

json describe_image(const base::Context& context, store::BlobStore& store,
                    const oci::RawManifest& raw, const std::optional<oci::Platform>& listed,
                    Budget& budget) {
  budget.take(raw.bytes.size());
  const oci::Manifest manifest = oci::Manifest::parse(raw);
  json image = {{"digest", raw.digest.str()},
                {"layers", layers_of(manifest)},
                {"annotations", manifest.annotations},
                {"platform", nullptr},
                {"created", nullptr},
                {"config", nullptr}};
  if (!oci::is_image(manifest)) return image;
  budget.take(manifest.config.size);
  const oci::Config config =
      oci::Config::parse(store::read_blob(store, context, manifest.config, oci::k_max_config));
  if (listed) oci::check_platform(config, *listed, raw.digest.str());
  image["platform"] = config.platform().str();
  image["config"] = config.json().value("config", json::object());
  if (config.json().contains("created")) image["created"] = config.json().at("created");
  return image;
}

json describe_images(const base::Context& context, store::BlobStore& store,
                     const oci::RawManifest& raw) {
  json images = json::array();
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

json InspectJob::inspect(const base::Context& context, Access& access,
                         const ImageName& name) const {
  const Located located = access.locate(name, Purpose::read);
  const std::string wanted = located.tag_or_digest();
  if (m_digest_only) {
    const auto resolved = located.store->resolve(context, wanted);
    const oci::Descriptor found =
        resolved ? *resolved : store::get_manifest(*located.store, context, wanted).descriptor();
    return {{"reference", to_string(name)},  {"digest", found.digest.str()},
            {"mediaType", found.media_type}, {"size", found.size},
            {"annotations", nullptr},        {"images", nullptr}};
  }
  const oci::RawManifest raw = store::get_manifest(*located.store, context, wanted);
  return base::with_context([&] { return "inspecting " + to_string(name); },
                            [&] { return describe(context, located, name, raw); });
}

json InspectJob::describe(const base::Context& context, const Located& located,
                          const ImageName& name, const oci::RawManifest& raw) {
  return {{"reference", to_string(name)},
          {"digest", raw.digest.str()},
          {"mediaType", raw.media_type},
          {"size", raw.bytes.size()},
          {"annotations", raw.is_index() ? json(oci::Index::parse(raw).annotations)
                                         : json(oci::Manifest::parse(raw).annotations)},
          {"images", describe_images(context, *located.store, raw)}};
}

std::string InspectJob::run(const base::Context& context) {
  Access access(context, m_access, m_credentials);
  std::vector<json> found(m_references.size());
  transfer::for_each_parallel(context, found.size(), k_parallel,
                              [&](const base::Context& inner, std::size_t i) {
                                found[i] = inspect(inner, access, m_references[i]);
                              });
  return json{{"images", found}}.dump();
}

}  // namespace

std::unique_ptr<Job> make_inspect(RequestReader& request,
                                  std::shared_ptr<const config::CredentialStore> credentials) {
  return std::make_unique<InspectJob>(request, std::move(credentials));
}

}  // namespace pinnace::jobs
