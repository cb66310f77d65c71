#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "inventory/image_tree.hpp"

namespace pinnace::inventory {

/// A file that is a document of a kind by a path that leads to it through symbolic links, and not
/// by the one where it stands.
struct Alias {
  std::string path;
  DocumentKind kind = DocumentKind::dpkg_status;
  const ImageTree::Node* file = nullptr;  ///< never null
  std::size_t layer = 0;                  ///< since which file and link are there
};

/// Those of an image, by path: var/lib/dpkg may be a link, rpmdb.sqlite one, a directory in
/// node_modules, a jar. Of several to the same file that would say the same the first. `complete`
/// becomes false if there are more links and files than are looked at. Throws cancelled.
std::vector<Alias> find_aliases(const base::Context& context, const ImageTree& tree,
                                bool& complete);

/// The same for the databases of the system alone, which are few, and which each layer may replace.
std::vector<Alias> find_database_aliases(const ImageTree& tree);

}  // namespace pinnace::inventory
