#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "output/built.hpp"
#include "provenance/provenance.hpp"
#include "store/blob_store.hpp"

/// What is said of built images and attached to them: SBOM and provenance, each as an in-toto
/// statement that is a referrer of the image's manifest.
namespace pinnace::attestation {

/// A store that has the images. `name` is theirs there, "registry.test/shop/web"; empty for what is
/// no registry.
struct Place {
  std::shared_ptr<store::BlobStore> store;
  std::string name;
};

/// What is made.
struct Wishes {
  bool sbom = true;
  bool provenance = true;
};

/// The annotation that says what a statement is about, on its manifest and layer, as BuildKit has
/// it (docs/attestations/attestation-storage.md).
inline constexpr const char* k_predicate_annotation = "in-toto.io/predicate-type";

/// Attaches what is wished to each image in every place, unless it is there. `inventories` is where
/// is remembered what layers hold; others are read from the first place. Returns how many packages
/// an image holds, by the digest of its manifest, where an SBOM was wished for.
std::map<hash::Digest, std::uint64_t> attest(const base::Context& context,
                                             const std::vector<Place>& places,
                                             const std::vector<output::BuiltImage>& images,
                                             const Wishes& wishes, const provenance::Build& build,
                                             const std::filesystem::path& inventories);

}  // namespace pinnace::attestation
