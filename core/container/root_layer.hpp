#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "base/io.hpp"
#include "layer/shown_times.hpp"
#include "store/blob_store.hpp"
#include "tree/file_tree.hpp"
#include "tree/stored_layer.hpp"

namespace pinnace::container {

/// A layer of a container's root file system. What was unpacked once stays in the sandbox's
/// directory under `id`, so that a base is unpacked once and not in each build.
struct RootLayer {
  /// Names the content: a diffID, or one that k_passing starts, which ends with the Sandbox.
  std::string id;
  /// What decides about times in containers.
  layer::TimeRule times = {};
  /// Writes the layer as a plain tar archive; asked for only if it is not unpacked yet.
  std::function<void(const base::Context& context, base::Sink& tar)> write;

  /// Names what is unpacked of it.
  std::string name() const { return id + times.str(); }

  static constexpr const char* k_passing = "passing-";
};

/// A layer that a store has. `store` is held.
RootLayer stored_layer(std::shared_ptr<store::BlobStore> store, tree::StoredLayer layer,
                       const layer::TimeRule& times);
/// Those of an image, lowest first.
std::vector<RootLayer> stored_layers(const std::shared_ptr<store::BlobStore>& store,
                                     std::vector<tree::StoredLayer> layers,
                                     const layer::TimeRule& times);
/// A layer of ours, whose contents must stay as they are while the root is used.
RootLayer tree_layer(std::shared_ptr<const tree::FileTree> tree, std::string id,
                     const layer::TimeRule& times);

}  // namespace pinnace::container
