#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "container/root_layer.hpp"
#include "layer/spool.hpp"
#include "output/built.hpp"
#include "plan/plan.hpp"
#include "stepcache/key.hpp"
#include "tree/base_tree.hpp"

namespace pinnace::stages {

/// A step that is done, or taken over from the cache.
struct DoneStep {
  const plan::Step* step;
  std::optional<output::BuiltLayer> layer = {};  ///< none: it made none, or nobody needs it
  /// Who has the layer. Null: where its files are needed the step is done again.
  std::shared_ptr<store::BlobStore> holder = {};
  /// What containers see of it, if it changed something and bring_up() was here; only of stages
  /// that need it (Needs::rooted).
  std::optional<container::RootLayer> root = {};
};

/// A stage, or an image that is copied from, as far as it has come. What is where in it is only
/// read when somebody asks.
struct StageState {
  std::mutex mutex;  ///< of all below; those of later stages are taken before those of earlier ones
  const image::ImageInput* image = nullptr;  ///< what it stands on; none: scratch
  tree::BaseTree::Keep keep = tree::BaseTree::Keep::everything;
  bool rooted = false;  ///< a RUN stands on it, or sees its files
  hash::Digest chain = stepcache::chain_of({});
  std::vector<DoneStep> done;
  std::optional<tree::BaseTree> tree;
  std::size_t applied = 0;  ///< so many of the steps are in the tree
  std::shared_ptr<layer::ImageFiles> files;
  /// What trees of the plan became on the files below them.
  std::map<const plan::Step*, std::shared_ptr<const tree::FileTree>> placed;
};

}  // namespace pinnace::stages
