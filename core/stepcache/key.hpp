#pragma once

#include "compress/compression.hpp"
#include "hash/digest.hpp"
#include "plan/run_plan.hpp"
#include "plan/step.hpp"

namespace pinnace::stepcache {

/// Names of what a step leads to, for the build cache (docs/formats/cache.md): equal keys mean
/// equal files. A stage has a chain: the digest of what it stands on and of all steps so far; a
/// step's key is the chain that the stage has after it. Neither the instruction's text nor its
/// place matter.

/// Of a stage on an image: what its layers are, not what its configuration says of them. Without
/// layers: scratch.
hash::Digest chain_of(const std::vector<oci::Descriptor>& layers);

/// What a step of which the cache knows the inputs is named after.
struct StepInputs {
  hash::Digest parent;  ///< the chain of the stage so far
  /// What is copied or mounted, in its order: an origin's chain, or the digest of a selection of
  /// the context.
  std::vector<hash::Digest> files;
  std::int64_t epoch = 0;
};
hash::Digest step_key(const plan::CopyStep& step, const StepInputs& inputs);
hash::Digest step_key(const plan::DirectoryStep& step, const StepInputs& inputs);
/// Of files of the plan, whose digest is among the inputs' files.
hash::Digest tree_key(const StepInputs& inputs);
hash::Digest step_key(const plan::RunKey& run, const StepInputs& inputs);

/// The chain after a RUN, which may make another layer each time: what comes later depends on that
/// layer. `layer`: its diffID, none if it changed nothing.
hash::Digest chain_after_run(const hash::Digest& step, const std::optional<hash::Digest>& layer);

/// The key under which a cache has the layer of a step: it depends on the encoder, too.
hash::Digest layer_record_key(const hash::Digest& step, const compress::Compression& compression);

}  // namespace pinnace::stepcache
