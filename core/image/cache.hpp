#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/context.hpp"
#include "local/local_store.hpp"
#include "oci/descriptor.hpp"
#include "oci/manifest.hpp"
#include "store/blob_store.hpp"

namespace pinnace::image {

/// Remembers manifests and configurations of base images in a directory, by digest, so that a build
/// on the same base need not ask for them again. What it holds is verified when it is read; a
/// damaged file counts as none, and one that can't be written is a warning. Safe for several
/// processes.
class ImageCache {
 public:
  /// The one of a local store.
  static ImageCache at(const local::LocalStore& store) {
    return ImageCache(store.at(local::Part::manifests));
  }
  explicit ImageCache(std::filesystem::path directory) : m_directory(std::move(directory)) {}

  /// The manifest that a descriptor names, from here or from `store`. Throws as
  /// store::get_manifest().
  oci::RawManifest manifest(const base::Context& context, store::BlobStore& store,
                            const oci::Descriptor& manifest) const;
  /// The configuration that a manifest names, from here or from `store`. Throws as
  /// store::read_blob().
  std::string config(const base::Context& context, store::BlobStore& store,
                     const oci::Descriptor& config) const;
  /// What is remembered under a digest, of at most `limit` bytes; nothing is written.
  std::optional<std::string> find(const hash::Digest& digest, std::size_t limit) const;

 private:
  void put(const base::Context& context, const hash::Digest& digest,
           const std::string& bytes) const;
  std::filesystem::path file(const hash::Digest& digest) const;

  std::filesystem::path m_directory;
};

}  // namespace pinnace::image
