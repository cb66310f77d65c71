#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.hpp"
#include "layer/file_tree.hpp"
#include "oci/descriptor.hpp"
#include "store/blob_store.hpp"

namespace pinnace::layer {

/// What a base image has where our entries will stand: its directories and symbolic links. Needed
/// because an entry below "bin" must not hide a base's link "bin -> usr/bin", and because a parent
/// directory that we write must say what the base's says (runtimes differ in what they invent for
/// one that is missing).
class BaseTree {
 public:
  struct Node {
    bool is_directory = true;
    std::uint32_t mode = 0755;
    std::uint64_t uid = 0;
    std::uint64_t gid = 0;
    std::int64_t mtime = 0;
    std::string link_target;
  };

  /// Reads layers, lowest first, with whiteouts (OCI image specification, layer.md). Verifies every
  /// blob. Throws invalid_input for paths with "..", and for more than 2,000,000 directories and
  /// links.
  static BaseTree read(const base::Context& context, store::BlobStore& store,
                       const std::vector<oci::Descriptor>& layers);
  /// As read(), but remembered in `cache_file`; a damaged or foreign file there is read anew and
  /// replaced.
  static BaseTree read_cached(const base::Context& context, store::BlobStore& store,
                              const std::vector<oci::Descriptor>& layers,
                              const std::filesystem::path& cache_file);

  const Node* find(std::string_view path) const;
  /// `path` with all links in its parents followed inside the image: "bin/x" -> "usr/bin/x". The
  /// last component is not followed, unless it is a link to a directory and `follow_last` is set.
  /// Throws invalid_input for more than 40 links.
  std::string resolve(std::string_view path, bool follow_last) const;

 private:
  void apply_layer(const base::Context& context, base::Source& tar, const std::string& what);
  void apply_entry(const archive::TarEntry& entry);
  void remove(const std::string& path);
  void remove_below(const std::string& path);
  std::string to_text() const;
  static BaseTree from_text(std::string_view text);

  std::map<std::string, Node, std::less<>> m_nodes;
};

/// The tree as it must be written on top of `base`: every path resolved, every parent present.
/// Parents that the base has keep its attributes; the others are 0755 of root with `mtime`.
/// Consumes `tree`, as two large ones at once would double the memory.
FileTree place_on_base(FileTree tree, const BaseTree& base, std::int64_t mtime);

}  // namespace pinnace::layer
