#include "attestation/attestation.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "attach/attach.hpp"
#include "inventory/read_image.hpp"
#include "oci/config.hpp"
#include "oci/manifest.hpp"
#include "sbom/spdx.hpp"

namespace pinnace::attestation {

namespace {

attach::Attachment attachment_of(std::string statement, const std::string& predicate_type) {
  const std::map<std::string, std::string> annotations = {{k_predicate_annotation, predicate_type}};
  return {provenance::k_statement_media_type,
          {{provenance::k_statement_media_type, std::move(statement), annotations}},
          annotations};
}

inventory::ImageInventory inventory_of(const base::Context& context, store::BlobStore& store,
                                       const output::BuiltImage& image,
                                       const inventory::LayerMemory& memory) {
  std::vector<tree::StoredLayer> layers;
  for (const output::BuiltLayer& layer : image.layers)
    layers.push_back({layer.descriptor, layer.diff_id});
  return inventory::read_image(context, store, layers, memory);
}

/// What is said of one image, in a place where it has a name.
class ImageAttestations {
 public:
  ImageAttestations(const output::BuiltImage& image, const Wishes& wishes,
                    const provenance::Build& build)
      : m_image(image), m_is_described(wishes.sbom) {
    if (wishes.provenance) m_predicate = provenance::predicate_of(build);
  }

  /// Reads what the image holds, from a store that has it.
  void read(const base::Context& context, store::BlobStore& store,
            const inventory::LayerMemory& memory) {
    if (!m_is_described) return;
    m_config =
        oci::Config::parse(store::read_blob(store, context, m_image.config, oci::k_max_config));
    m_inventory = inventory_of(context, store, m_image, memory);
  }

  std::uint64_t package_count() const noexcept { return m_inventory.packages.size(); }

  void put(const base::Context& context, const Place& place) const {
    if (m_is_described) put(context, place, sbom::k_spdx_predicate, spdx(place));
    if (!m_predicate.is_null()) put(context, place, provenance::k_predicate, m_predicate);
  }

 private:
  nlohmann::json spdx(const Place& place) const {
    std::vector<oci::Descriptor> layers;
    for (const output::BuiltLayer& layer : m_image.layers) layers.push_back(layer.descriptor);
    return sbom::spdx_document(
        sbom::subject_of(place.name, m_image.manifest, m_config.value(), layers), m_inventory);
  }

  void put(const base::Context& context, const Place& place, const char* type,
           nlohmann::json predicate) const {
    const hash::Digest& digest = m_image.manifest.digest;
    const attach::Attachment made = attachment_of(
        provenance::statement(sbom::image_purl(place.name, digest, m_image.platform.architecture),
                              digest, type, std::move(predicate)),
        type);
    const hash::Digest wanted = attach::manifest_of(m_image.manifest, made).digest;
    const auto there = attach::find_attached(context, *place.store, digest, made.artifact_type);
    const bool is_there = std::any_of(there.begin(), there.end(), [&](const oci::Descriptor& one) {
      return one.digest == wanted;
    });
    if (!is_there) attach::attach(context, *place.store, m_image.manifest, made);
    context.log("attached " + std::string(type) + " to " + digest.str() + " in " +
                place.store->where());
  }

  const output::BuiltImage& m_image;
  bool m_is_described;  ///< by an SBOM
  nlohmann::json m_predicate;
  std::optional<oci::Config> m_config;
  inventory::ImageInventory m_inventory;
};

}  // namespace

std::map<hash::Digest, std::uint64_t> attest(const base::Context& context,
                                             const std::vector<Place>& places,
                                             const std::vector<output::BuiltImage>& images,
                                             const Wishes& wishes, const provenance::Build& build,
                                             const std::filesystem::path& inventories) {
  std::map<hash::Digest, std::uint64_t> counts;
  if (places.empty()) return counts;
  const inventory::LayerMemory memory(inventories);
  for (const output::BuiltImage& image : images) {
    ImageAttestations attestations(image, wishes, build);
    attestations.read(context, *places.front().store, memory);
    for (const Place& place : places) attestations.put(context, place);
    if (wishes.sbom) counts[image.manifest.digest] = attestations.package_count();
  }
  return counts;
}

}  // namespace pinnace::attestation
