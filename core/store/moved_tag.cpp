#include "store/moved_tag.hpp"

#include <string>

#include "base/error.hpp"

namespace pinnace::store {

using base::Error;
using base::ErrorCode;

std::optional<hash::Digest> tell_moved(const base::Context& context, const BlobStore& store,
                                       std::string_view tag,
                                       const std::optional<oci::Descriptor>& before,
                                       const hash::Digest& digest) {
  if (!before || before->digest == digest) return std::nullopt;
  context.log("tag " + std::string(tag) + " of " + store.where() + " led to " +
              before->digest.str() + " before");
  return before->digest;
}

void put_tag(BlobStore& store, const base::Context& context, const oci::RawManifest& manifest,
             std::string_view tag) {
  std::optional<oci::Descriptor> before;
  try {
    before = resolve_sound(store, context, tag);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unauthorized && error.code() != ErrorCode::denied) throw;
    context.log("what tag " + std::string(tag) + " of " + store.where() +
                " led to before is not known: " + error.what());
  }
  store.put_manifest(context, manifest, tag);
  tell_moved(context, store, tag, before, manifest.digest);
}

}  // namespace pinnace::store
