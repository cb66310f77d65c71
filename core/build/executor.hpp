#pragma once

#include <memory>

#include "build/plan.hpp"
#include "output/built.hpp"
#include "output/targets.hpp"

namespace pinnace::build {

/// Does what a plan says: the base's layers are copied while ours is made and sent; then config,
/// manifest, index, and the tags at last. `base_store` is where the bases are; null if all are from
/// scratch.
output::BuildResult execute(const base::Context& context, Plan plan,
                            std::shared_ptr<store::BlobStore> base_store, output::Targets& targets,
                            const output::MakeOptions& options);

}  // namespace pinnace::build
