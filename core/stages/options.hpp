#pragma once

#include <memory>
#include <vector>

#include "output/built.hpp"
#include "plan/run_plan.hpp"
#include "stepcache/cache.hpp"
#include "steps/copy_origin.hpp"
#include "steps/remote_files.hpp"

namespace pinnace::stages {

/// What a build needs beside its plans.
struct Options {
  std::shared_ptr<steps::CopyOrigin> context;  ///< null where no step takes anything from it
  output::MakeOptions make;
  plan::RunSettings run;
  http::Reach remote = {};             ///< how servers of ADD are reached
  cache::BuildCache* cache = nullptr;  ///< none: nothing is taken over or remembered
  /// A store that gets the layers of all steps, so that their records can be exported to it.
  std::shared_ptr<store::BlobStore> exported = {};
  /// Called with the images when their blobs are in the targets, before the tags are; empty: nobody
  /// wants to know.
  std::function<void(const base::Context&, const std::vector<output::BuiltImage>&)> on_images = {};
};

}  // namespace pinnace::stages
