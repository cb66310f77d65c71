#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.hpp"
#include "store/blob_store.hpp"
#include "tree/entry_budget.hpp"
#include "tree/file_tree.hpp"
#include "tree/stored_layer.hpp"

namespace pinnace::tree {

/// What a base image has where our entries will stand: its directories and symbolic links. Needed
/// because an entry below "bin" must not hide a base's link "bin -> usr/bin", and because a parent
/// directory that we write must say what the base's says (runtimes differ in what they invent for
/// one that is missing). Where a file must not be replaced by a directory, also which files there
/// are, and of an image that files are copied from, everything else, too. Paths are
/// keys here and never reach a file system, so that no image can lead anywhere.
class BaseTree {
 public:
  /// Which of the image's paths are kept: `files` has them without size, attributes and content.
  enum class Keep { directories_and_links, files, everything };

  struct Node {
    archive::EntryType type = archive::EntryType::directory;  ///< hard links are files
    std::uint32_t mode = 0755;
    std::uint64_t uid = 0;
    std::uint64_t gid = 0;
    std::int64_t mtime = 0;
    std::string link_target = {};
    std::uint64_t size = 0;
    std::map<std::string, std::string> xattrs = {};
    /// Of a file: where its bytes are: in a layer (its number and the entry's there, from 0 on), or
    /// at hand.
    std::size_t layer = 0;
    std::uint64_t entry = 0;
    std::optional<FileContent> content = {};

    bool is_directory() const noexcept { return type == archive::EntryType::directory; }
  };

  /// Reads layers, lowest first, as LayerPlacement places them. Verifies every blob and diffID.
  /// Throws invalid_input for paths with "..", for a hard link to nothing, and for more than
  /// 2,000,000 paths or 512 MiB of paths and attributes.
  static BaseTree read(const base::Context& context, store::BlobStore& store,
                       const std::vector<StoredLayer>& layers,
                       Keep keep = Keep::directories_and_links);
  /// As read(), but remembered in `cache_file`; a damaged or foreign file there is read anew and
  /// replaced.
  static BaseTree read_cached(const base::Context& context, store::BlobStore& store,
                              const std::vector<StoredLayer>& layers,
                              const std::filesystem::path& cache_file,
                              Keep keep = Keep::directories_and_links);

  /// The tree of an image without layers.
  static BaseTree empty(Keep keep) {
    BaseTree tree;
    tree.m_keep = keep;
    return tree;
  }
  /// Adds what a layer of ours says; ".wh." files in it remove paths.
  void apply(const FileTree& layer);
  /// Adds what a stored layer says, as read() does; `number` becomes Node::layer.
  void add_layer(const base::Context& context, store::BlobStore& store, const StoredLayer& layer,
                 std::size_t number);

  const Node* find(std::string_view path) const;
  /// Names of what is directly below a directory, sorted by their bytes.
  std::vector<std::string> names(std::string_view directory) const;
  /// `path` with all links in its parents followed inside the image: "bin/x" -> "usr/bin/x". The
  /// last component is not followed, unless it is a link to a directory and `follow_last` is set.
  /// Throws invalid_input for more than 40 links.
  std::string resolve(std::string_view path, bool follow_last) const;

 private:
  class Placed;
  class Layer;

  bool keeps(archive::EntryType type) const noexcept;
  void put(const std::string& path, Node node);
  void remove(const std::string& path);
  std::string to_text() const;
  static BaseTree from_text(std::string_view text);

  Keep m_keep = Keep::directories_and_links;
  std::map<std::string, Node, std::less<>> m_nodes;
  EntryBudget m_budget;
};

}  // namespace pinnace::tree
