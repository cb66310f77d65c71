#pragma once

#include "base/context.hpp"
#include "output/built.hpp"
#include "store/blob_store.hpp"

namespace pinnace::build {

/// Compares what two builds of the same definition made. Throws conflict, naming the platform, the
/// layer and the first file and byte that differ, or what else does; returns if both are the same.
void check_same(const base::Context& context, const output::BuildResult& first,
                store::BlobStore& first_store, const output::BuildResult& second,
                store::BlobStore& second_store);

}  // namespace pinnace::build
