#include "store/blob_store.hpp"

#include "base/error.hpp"

namespace pinnace::store {

namespace {
constexpr std::size_t k_buffer = 128 * 1024;
}

void BlobStore::put_unmoved(const base::Context& context, const oci::RawManifest& manifest,
                            std::string_view tag) {
  check_unmoved(where(), tag, resolve(context, tag), manifest.digest);
  put_manifest(context, manifest, tag);
}

void check_unmoved(const std::string& where, std::string_view tag,
                   const std::optional<oci::Descriptor>& present, const hash::Digest& digest) {
  if (!present || present->digest == digest) return;
  throw base::Error(base::ErrorCode::conflict,
                    where + ":" + std::string(tag) + " is " + present->digest.str() +
                        " already, and an immutable tag is given to no other image");
}

oci::RawManifest get_manifest(BlobStore& store, const base::Context& context,
                              std::string_view tag_or_digest) {
  auto manifest = store.find_manifest(context, tag_or_digest);
  if (!manifest) {
    throw base::Error(base::ErrorCode::not_found,
                      "no manifest \"" + std::string(tag_or_digest) + "\" in " + store.where());
  }
  return *std::move(manifest);
}

std::optional<oci::Descriptor> resolve_sound(BlobStore& store, const base::Context& context,
                                             std::string_view tag) {
  try {
    return store.resolve(context, tag);
  } catch (const base::Error& error) {
    if (error.code() != base::ErrorCode::integrity) throw;
    return std::nullopt;
  }
}

std::string read_blob(BlobStore& store, const base::Context& context, const oci::Descriptor& blob,
                      std::size_t limit) {
  const std::string what = "blob " + blob.digest.str() + " of " + store.where();
  if (blob.size > limit) {
    throw base::Error(base::ErrorCode::invalid_input, what + " has " + std::to_string(blob.size) +
                                                          " bytes, the limit is " +
                                                          std::to_string(limit));
  }
  return base::read_all(*store.open_blob(context, blob), limit, what);
}

bool is_sound(BlobStore& store, const base::Context& context, const oci::Descriptor& blob) {
  std::vector<std::byte> buffer(k_buffer);
  try {
    const auto source = store.open_blob(context, blob);
    while (source->read(buffer) != 0) context.check();
    return true;
  } catch (const base::Error& error) {
    const bool unsound =
        error.code() == base::ErrorCode::integrity || error.code() == base::ErrorCode::not_found;
    if (!unsound) throw;
    return false;
  }
}

oci::Descriptor put_bytes(BlobStore& store, const base::Context& context, std::string_view bytes,
                          std::string_view media_type) {
  oci::Descriptor descriptor{
      std::string(media_type), hash::Digest::of(bytes), bytes.size(), {}, {}, {},
      nlohmann::json::object()};
  store.put_blob(context, descriptor,
                 [&] { return std::make_unique<base::MemorySource>(base::as_bytes(bytes)); });
  return descriptor;
}

}  // namespace pinnace::store
