#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/context.hpp"
#include "files/directory.hpp"
#include "files/scratch.hpp"
#include "store/blob_store.hpp"
#include "tree/base_tree.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::layer {

/// Files that a layer will need and that are not on disk as such: members of archives and of other
/// images, texts of here-documents. They are written under numbers, so that no name of a stranger
/// reaches the file system. Several threads may use one.
class Spool {
 public:
  /// More is refused: an archive of a few KiB can unpack to more than any disk has.
  struct Limits {
    std::uint64_t bytes = std::uint64_t{64} << 30;
    std::size_t files = 2'000'000;
    /// Of the names and attributes of one archive, which are in memory.
    std::size_t names = std::size_t{512} << 20;
  };

  /// Makes its directory in `parent` for the first file, and removes it at the end.
  explicit Spool(const std::filesystem::path& parent) : Spool(parent, Limits{}) {}
  Spool(const std::filesystem::path& parent, Limits limits);

  /// Writes a file, which is a file of its own: entries that share it are hard links in a layer.
  /// Throws io, and invalid_input at the limits.
  tree::FileContent add(const base::Context& context, base::Source& content);
  tree::FileContent add(const base::Context& context, std::string_view text);
  /// Throws invalid_input if a file of so many bytes would be beyond the limits.
  void check_room(std::uint64_t bytes) const;
  const Limits& limits() const noexcept { return m_limits; }

 private:
  std::shared_ptr<const files::Directory> directory();

  files::ScratchDirectory m_scratch;
  std::mutex m_mutex;
  std::shared_ptr<const files::Directory> m_directory;  ///< of the first file on
  Limits m_limits;
  std::atomic<std::size_t> m_files = 0;
  std::atomic<std::uint64_t> m_bytes = 0;
};

/// The files of an image whose layers are in stores: fetched from their layers when they are
/// needed, each once.
class ImageFiles {
 public:
  /// Without layers: all files are at hand.
  explicit ImageFiles(Spool& spool) : m_spool(spool) {}

  /// A layer on top of the others; returns its number, as BaseTree::Node::layer has it.
  std::size_t add_layer(std::shared_ptr<store::BlobStore> store, tree::StoredLayer layer);

  /// Fetches those of `nodes` that are files and not at hand yet: one pass through each layer that
  /// has some of them.
  void fetch(const base::Context& context, const std::vector<const tree::BaseTree::Node*>& nodes);
  /// What fetch() has fetched, or what was at hand.
  const tree::FileContent& content(const tree::BaseTree::Node& node) const;

 private:
  void fetch_from(const base::Context& context, std::size_t layer,
                  const std::set<std::uint64_t>& wanted);

  struct Layer {
    std::shared_ptr<store::BlobStore> store;
    tree::StoredLayer layer;
  };
  std::vector<Layer> m_layers;
  Spool& m_spool;
  std::map<std::pair<std::size_t, std::uint64_t>, tree::FileContent> m_fetched;
};

}  // namespace pinnace::layer
