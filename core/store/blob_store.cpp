#include "store/blob_store.hpp"

#include "base/error.hpp"

namespace pinnace::store {

oci::RawManifest get_manifest(BlobStore& store, const base::Context& context,
                              std::string_view tag_or_digest) {
  auto manifest = store.find_manifest(context, tag_or_digest);
  if (!manifest) {
    throw base::Error(base::ErrorCode::not_found,
                      "no manifest \"" + std::string(tag_or_digest) + "\" in " + store.where());
  }
  return *std::move(manifest);
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
