#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.hpp"
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
/// files (tree::LayerPlacement): whiteouts delete, links of lower layers are followed. What a file
/// tells is what it tells by the paths that lead to it in the end: hard links and symbolic ones
/// make documents of files that were none in their layer, and those are read again. All that is
/// kept of documents is bounded; what is beyond is a finding.
class LayerStack {
 public:
  /// Reads what is wished for, sorted, of the layer of this number again (scan_layer()).
  using ReadAgain = std::function<LayerInventory(std::size_t layer, std::vector<Wish> wishes)>;

  /// Without `read_again` what would have to be read is a finding.
  explicit LayerStack(base::Context context = {}, ReadAgain read_again = {});
  ~LayerStack();
  LayerStack(const LayerStack&) = delete;
  LayerStack& operator=(const LayerStack&) = delete;

  /// The next layer, from the lowest on. Consumes it. Throws cancelled, and what `read_again`
  /// throws.
  void add(LayerInventory layer);
  /// Gives each package the files and licences that other files list for it. Throws as add().
  ImageInventory take();

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace pinnace::inventory
