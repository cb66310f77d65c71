#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/context.hpp"
#include "evidence/evidence.hpp"
#include "oci/descriptor.hpp"
#include "signing/signer.hpp"
#include "store/blob_store.hpp"

namespace pinnace::evidence {

/// What is to be signed of an image, and where that goes.
struct Wish {
  std::string predicate_type = std::string(signing::k_sign_type);
  nlohmann::json predicate = nlohmann::json::object();
  Place place = Place::referrer;
  /// The image's name without tag and digest, which cosign's first format has in it.
  std::string name;
};

struct Placed {
  /// Of the bundle's manifest, or of the image under cosign's tag.
  hash::Digest digest;
  /// Whether the same was there already, signed by the same key: nothing was signed.
  bool existed = false;
};

/// Signs, and puts it beside the image. A signature that is there already is left as it is.
/// `present` has the image; `target` is the same place opened for writing, which is another store
/// where that is an archive.
Placed sign(const base::Context& context, store::BlobStore& present, store::BlobStore& target,
            const oci::Descriptor& subject, const Wish& wish, const signing::Signer& signer);

}  // namespace pinnace::evidence
