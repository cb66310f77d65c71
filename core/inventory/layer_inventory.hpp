#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hash/digest.hpp"
#include "inventory/document.hpp"
#include "inventory/entry.hpp"
#include "json/fields.hpp"

namespace pinnace::inventory {

/// Something of an image that could not be read, or was left out.
struct Finding {
  packages::FilePath path;  ///< empty: the layer
  std::string problem;      ///< base::printable()

  static json::Table<Finding> table();
  bool operator==(const Finding&) const = default;
};

/// A file of a layer that is to be read again, as an image shows it by another path, through links.
struct Wish {
  std::uint64_t entry = 0;  ///< its place in the layer's entries, from 0 on
  DocumentKind kind = DocumentKind::dpkg_status;
  std::string path;  ///< that it is shown by

  auto operator<=>(const Wish&) const = default;
};

/// What a layer holds: a value of its bytes alone, whatever stands below it.
struct LayerInventory {
  /// Another one is of another format, or of other parsers: then the layer is read again.
  static constexpr int k_version = 3;

  int version = k_version;
  std::string diff_id;
  std::vector<Entry> entries;       ///< in the archive's order
  std::vector<Document> documents;  ///< sorted by their entries
  std::vector<Finding> findings;

  static json::Table<LayerInventory> table();
  bool operator==(const LayerInventory&) const = default;
};

/// Canonical JSON.
std::string to_text(const LayerInventory& inventory);
/// Throws invalid_input for what is damaged, or of another version.
LayerInventory parse_layer_inventory(std::string_view text);

}  // namespace pinnace::inventory
