#include "store/child_manifest.hpp"

#include "base/error.hpp"

namespace pinnace::store {

oci::RawManifest get_child(BlobStore& store, const base::Context& context,
                           const oci::Descriptor& child) {
  oci::RawManifest manifest = get_manifest(store, context, child.digest.str());
  if (manifest.bytes.size() == child.size) return manifest;
  throw base::Error(base::ErrorCode::integrity,
                    "manifest " + child.digest.str() + " of " + store.where() + " has " +
                        std::to_string(manifest.bytes.size()) + " bytes, expected " +
                        std::to_string(child.size) + ", as what lists it says");
}

}  // namespace pinnace::store
