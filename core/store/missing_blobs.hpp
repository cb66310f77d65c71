#pragma once

#include "base/error.hpp"

namespace pinnace::store {

/// A store does not take a manifest (BlobStore::put_manifest), as it has not all the blobs that the
/// manifest names: what it said of one that it had, or had mounted, was not so.
class MissingBlobs final : public base::Error {
 public:
  explicit MissingBlobs(const base::Error& error) : Error(error) {}
};

}  // namespace pinnace::store
