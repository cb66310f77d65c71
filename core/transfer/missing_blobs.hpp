#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/context.hpp"
#include "store/blob_store.hpp"

namespace pinnace::transfer {

/// A blob that a store was asked to take, and how its bytes are got if they are needed after all.
struct Offer {
  oci::Descriptor blob;
  std::function<std::unique_ptr<base::Source>(const base::Context&)> open;
};

/// Calls `put`, which puts a manifest whose blobs were offered to the target. Where that throws
/// store::MissingBlobs, registries exist that "mount" what they don't have: then those of `offered`
/// that are not there are sent, and `put` is called once more. `offered` is empty afterwards: what
/// fails again fails.
void put_with_blobs(const base::Context& context, store::BlobStore& target,
                    std::vector<Offer>& offered, const std::function<void()>& put);

}  // namespace pinnace::transfer
