#include "tree/whiteout.hpp"

#include "base/error.hpp"
#include "base/quote.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::tree {

std::optional<Whiteout> read_whiteout(std::string_view path) {
  const std::string_view name = base_name(path);
  if (!name.starts_with(k_whiteout)) return std::nullopt;
  const std::string_view parent = parent_path(path);
  if (name == k_opaque_whiteout) return Whiteout{std::string(parent), true};
  const std::string_view hidden = name.substr(k_whiteout.size());
  if (hidden.empty() || hidden == "." || hidden == "..")
    throw base::Error(base::ErrorCode::invalid_input,
                      "the entry \"" + base::shown(path) +
                          "\" is a whiteout that names no file; expected a name after .wh.; the "
                          "layer is damaged: build or fetch its image again");
  return Whiteout{join_path(parent, hidden), false};
}

}  // namespace pinnace::tree
