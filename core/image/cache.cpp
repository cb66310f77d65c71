#include "image/cache.hpp"

#include "base/error.hpp"
#include "files/file.hpp"
#include "oci/config.hpp"
#include "store/child_manifest.hpp"

namespace pinnace::image {

std::filesystem::path ImageCache::file(const hash::Digest& digest) const {
  return m_directory / std::string(digest.hex());
}

std::optional<std::string> ImageCache::find(const hash::Digest& digest, std::size_t limit) const {
  try {
    std::string bytes = files::read_file(file(digest), limit);
    if (hash::Digest::of(base::as_bytes(bytes), digest.algorithm()) == digest) return bytes;
  } catch (const base::Error&) {  // NOLINT(bugprone-empty-catch): nothing of use is there
  }
  return std::nullopt;
}

void ImageCache::put(const base::Context& context, const hash::Digest& digest,
                     const std::string& bytes) const {
  try {
    files::write_cache_file(file(digest), bytes);
  } catch (const base::Error& error) {
    context.warn("cannot remember the base image: " + std::string(error.what()));
  }
}

oci::RawManifest ImageCache::manifest(const base::Context& context, store::BlobStore& store,
                                      const oci::Descriptor& manifest) const {
  // With another size it is read again, and found out.
  if (auto bytes = find(manifest.digest, oci::k_max_manifest);
      bytes && bytes->size() == manifest.size) {
    auto known = oci::RawManifest::from_bytes(*std::move(bytes), manifest.media_type);
    known.digest = manifest.digest;
    return known;
  }
  oci::RawManifest read = store::get_child(store, context, manifest);
  put(context, manifest.digest, read.bytes);
  return read;
}

std::string ImageCache::config(const base::Context& context, store::BlobStore& store,
                               const oci::Descriptor& config) const {
  if (auto bytes = find(config.digest, oci::k_max_config)) return *std::move(bytes);
  std::string bytes = store::read_blob(store, context, config, oci::k_max_config);
  put(context, config.digest, bytes);
  return bytes;
}

}  // namespace pinnace::image
