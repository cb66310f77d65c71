#pragma once

#include <filesystem>

#include "base/context.hpp"
#include "output/built.hpp"
#include "output/targets.hpp"
#include "store/blob_store.hpp"

namespace pinnace::output {

/// Compares what two builds of the same definition made. Throws conflict, naming the platform, the
/// layer and the first file and byte that differ, or what else does; returns if both are the same.
void check_same(const base::Context& context, const output::BuildResult& first,
                store::BlobStore& first_store, const output::BuildResult& second,
                store::BlobStore& second_store);

/// What a build has put into an OCI layout of its own.
struct Repeated {
  std::filesystem::path layout;
  const BuildResult& result;
};

/// Copies the image of the first build to the targets, if the second one made the same. Throws as
/// check_same().
void put_same(const base::Context& context, const Repeated& first, const Repeated& second,
              const Targets& targets);

}  // namespace pinnace::output
