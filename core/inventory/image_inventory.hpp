#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inventory/layer_inventory.hpp"
#include "packages/package.hpp"

namespace pinnace::inventory {

/// A file, directory or link of an image.
struct ImageFile {
  Entry entry;            ///< its path is where it stands in the image
  std::size_t layer = 0;  ///< that it comes from: 0 is the lowest
};

/// Something installed in an image.
struct InstalledPackage {
  packages::Package package;
  std::string path;       ///< the file that tells of it
  std::size_t layer = 0;  ///< the lowest from which on it is there in this version
};

/// A finding of a layer.
struct LayerFinding {
  std::size_t layer = 0;
  Finding finding;
};

/// What an image holds: all its layers on top of each other.
struct ImageInventory {
  packages::OsRelease os;
  std::vector<InstalledPackage> packages;  ///< by type, name, version and path
  std::map<std::string, ImageFile, std::less<>> files;
  std::vector<LayerFinding> findings;
};

/// Puts the inventories of an image's layers on top of each other, as a container would have their
/// files (tree::LayerPlacement): whiteouts delete, links of lower layers are followed.
class LayerStack {
 public:
  LayerStack();
  ~LayerStack();
  LayerStack(const LayerStack&) = delete;
  LayerStack& operator=(const LayerStack&) = delete;

  /// The next layer, from the lowest on. Consumes it.
  void add(LayerInventory layer);
  /// Gives each package the files and licences that other files list for it.
  ImageInventory take();

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace pinnace::inventory
