#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inventory/image_inventory.hpp"
#include "tree/layer_placement.hpp"

namespace pinnace::inventory {

/// The files of an image while its layers are put on top of each other, and what those of them say
/// that tell of packages.
class ImageTree final : public tree::PlacedTree {
 public:
  /// Where a file's content is.
  struct Source {
    std::size_t layer = 0;
    std::uint64_t entry = 0;  ///< its place in that layer's entries

    auto operator<=>(const Source&) const = default;
  };
  struct Node {
    ImageFile file;
    std::shared_ptr<const Document> document = {};  ///< shared by hard links
    Source source = {};                             ///< of a file
    std::optional<DocumentKind> kind = {};          ///< that it was read as because of its path
    bool is_wanted = false;                         ///< it was not read as that yet

    /// Whether a file's document is one by where the file stands now.
    bool tells() const;
  };
  using Nodes = std::map<std::string, Node, std::less<>>;

  std::optional<Place> look(const std::string& path) const override;
  std::vector<std::string> names(const std::string& directory) const override;
  void remove(const std::string& path) override;
  void make_parent(const std::string& path) override;

  const Node* find(std::string_view path) const;
  Node* find_to_change(std::string_view path);
  /// The same, with links followed.
  const Node* follow(std::string_view path) const;
  /// Throws invalid_input if there are more files than fit.
  void put(const std::string& path, Node node);
  Nodes& nodes() noexcept { return m_nodes; }
  const Nodes& nodes() const noexcept { return m_nodes; }
  /// The layer that is being put.
  std::size_t layer = 0;

 private:
  Nodes m_nodes;
  std::uint64_t m_bytes = 0;
};

}  // namespace pinnace::inventory
