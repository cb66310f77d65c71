#pragma once

#include <vector>

#include "output/targets.hpp"
#include "plan/plan.hpp"
#include "stages/options.hpp"

namespace pinnace::build {

/// Does what the plans (one a platform) say: a layer for each step of the target and of the stages
/// it is built on; other stages are never written, what is copied from them is taken where it is.
/// Steps that don't depend on each other are done at the same time, as many as there are threads.
/// Bases are copied meanwhile; then config, manifest, index, and the tags at last. Nothing is done
/// where the targets have the image of trees that did not change. Errors name the step's file and
/// line.
output::BuildResult execute(const base::Context& context, std::vector<plan::Plan> plans,
                            const stages::Options& options, output::Targets& targets);

}  // namespace pinnace::build
