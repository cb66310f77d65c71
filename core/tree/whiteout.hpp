#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pinnace::tree {

/// Names that mean deleted files in a layer (OCI image specification, layer.md, "Whiteouts"):
/// before the name of what is deleted, and in the place of all that a lower directory had.
inline constexpr std::string_view k_whiteout = ".wh.";
inline constexpr std::string_view k_opaque_whiteout = ".wh..wh..opq";

/// Names that AUFS has in the root for itself, and that old Docker put into layers: no files of an
/// image, but a directory of them has the targets of the layer's hard links.
inline constexpr std::string_view k_aufs = ".wh..wh.";

/// What an entry of a layer deletes from the layers below it.
struct Whiteout {
  /// The clean path of what is deleted, with what is in it; for an opaque one, the directory whose
  /// lower contents are ("": the root). Links of lower layers are not followed yet.
  std::string path;
  bool opaque = false;

  bool operator==(const Whiteout&) const = default;
};

/// Reads a clean path (archive::entry_path) of a layer's entry: nullopt if it is no whiteout.
/// Whoever places layers asks here, so that all place them alike. Throws invalid_input, naming the
/// entry, where no name is left, or the name is "." or "..": ".wh.", ".wh..", ".wh...". Such a
/// layer is damaged or means harm, as it would delete a directory that holds the entry itself. The
/// caller adds which layer it is.
std::optional<Whiteout> read_whiteout(std::string_view path);

}  // namespace pinnace::tree
