#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <vector>

#include "plan/plan.hpp"

namespace pinnace::stages {

/// The work of a plan as a graph: the start of each stage, and each of its steps.
struct StepGraph {
  struct Node {
    std::size_t stage;
    std::optional<std::size_t> step;  ///< none: the stage's start
  };
  std::vector<Node> nodes;
  std::vector<std::vector<std::size_t>> dependencies;  ///< of each node, all below it
};

/// A step comes after the one above it, and after the stages that it reads; a stage's start after
/// the stage that it is built on. Nothing else has to wait.
StepGraph make_step_graph(const plan::Plan& plan);

/// Stages whose files a step reads, other than its own.
std::vector<std::size_t> stages_read_by(const plan::Step& step);

/// Which stages have to do what, so that nothing is done for nothing.
struct Needs {
  std::set<std::size_t> written;   ///< the target and the stages that it is built on
  std::set<std::size_t> complete;  ///< files are taken from them: their whole tree is needed
  std::set<std::size_t> rooted;    ///< a RUN stands on them, or sees their files
  /// Steps look at what is there: of the image below which files there are is needed, too.
  std::set<std::size_t> looked_at;
};
Needs find_needs(const plan::Plan& plan);

}  // namespace pinnace::stages
