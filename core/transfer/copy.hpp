#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.hpp"
#include "oci/manifest.hpp"
#include "store/blob_store.hpp"

namespace pinnace::transfer {

/// Whether what refers to a manifest (signatures, SBOMs, attestations) goes with it: its referrers,
/// and what cosign keeps under the tags sha256-<hex>.sig, .att and .sbom. A tag of cosign's that
/// leads to something else in the target is replaced only if everything it has comes along; else it
/// is left, with a warning.
enum class Referrers {
  leave,
  copy,
  /// But no image, and no index of manifests: whoever may attach something to an image would bring
  /// images of his own where only that one was meant to go. Each that is left is warned of.
  copy_attachments,
};

/// Whether the tag may be taken from another manifest (BlobStore::put_unmoved).
enum class Tags { move, keep };

/// Whether what is there is looked at in full: blobs of a layout are read, a registry is asked for
/// each blob. What is missing or damaged is sent again, and takes the place of what is damaged at
/// once.
enum class Repair { no, yes };

struct CopyOptions {
  Referrers referrers = Referrers::leave;
  Tags tags = Tags::move;
  Repair repair = Repair::no;
  unsigned parallel = 4;  ///< blobs under way at once, 1 to 64
};

/// What became of blobs.
struct BlobCounts {
  std::uint64_t existed = 0;
  std::uint64_t mounted = 0;
  std::uint64_t uploaded = 0;
  std::uint64_t bytes_uploaded = 0;
};

struct CopyResult {
  oci::Descriptor root;
  BlobCounts blobs;
  std::uint64_t manifests_put = 0;
  std::optional<hash::Digest> replaced;  ///< where the tag led in the target, if elsewhere
};

/// Copies the graph under `source_name` (a tag or digest: index, manifests, configs, layers and, if
/// asked for, referrers) from one store to another: children first, several blobs at once, every
/// byte verified while it streams, nothing sent that is there, blobs mounted where both stores are
/// of one registry, manifests byte for byte, and `tag` (may be empty) last. The target is held
/// (BlobStore::hold()): what is there must stay. Run again after a failure it does only what is
/// missing, as far as that is seen: in a layout that blobs are there with their sizes, in a
/// registry that the manifests of an index are; with Repair::yes all of it.
CopyResult copy_image(const base::Context& context, store::BlobStore& source,
                      std::string_view source_name, store::BlobStore& target, std::string_view tag,
                      const CopyOptions& options = {});

/// Copies blobs only, as copy_image() does.
BlobCounts copy_blobs(const base::Context& context, store::BlobStore& source,
                      store::BlobStore& target, std::vector<oci::Descriptor> blobs,
                      unsigned parallel, Repair repair = Repair::no);

}  // namespace pinnace::transfer
