#pragma once

#include <string>
#include <vector>

#include "base/context.hpp"
#include "hash/digest.hpp"
#include "signing/envelope.hpp"
#include "store/blob_store.hpp"

/// What is signed of an image, beside the image: Sigstore bundles that refer to it, as cosign 3
/// attaches them, and the images of cosign 1 and 2 under the tags "sha256-....sig" and
/// "sha256-....att".
namespace pinnace::evidence {

/// The two places.
enum class Place { referrer, tag };

/// Something signed, of which nobody has said yet that its key is trusted.
struct Evidence {
  Place place = Place::referrer;
  std::string where;    ///< for people: "referrer sha256:1f2e..."
  hash::Digest holder;  ///< the manifest that it is in
  signing::Signed content;
};

struct Found {
  std::vector<Evidence> all;
  /// What was there and could not be read, a line each, printable.
  std::vector<std::string> problems;
};

/// So much is read of one bundle or layer, and of all that there is for one image with its
/// manifests, in bytes.
inline constexpr std::size_t k_max_item = std::size_t{32} << 20;
inline constexpr std::size_t k_max_total = std::size_t{128} << 20;
/// So many are read for one image.
inline constexpr std::size_t k_max_items = 1000;

/// What may be read still. Who looks at several images may give them one together.
struct Budget {
  std::size_t items = k_max_items;
  std::size_t bytes = k_max_total;
};

/// Reads all that a store has for an image's manifest or index. What is broken, missing, too large
/// or of an unknown format is a problem, not an error: anybody who can write there can put it
/// there. Throws what a store throws that can't be reached.
Found find_evidence(const base::Context& context, store::BlobStore& store,
                    const hash::Digest& subject);
/// The same, taken of a budget.
Found find_evidence(const base::Context& context, store::BlobStore& store,
                    const hash::Digest& subject, Budget& budget);

/// "sha256-<hex>.sig": where cosign 2 looks for signatures, or with ".att" for attestations.
std::string tag_of(const hash::Digest& subject, const char* suffix);

}  // namespace pinnace::evidence
