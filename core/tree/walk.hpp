#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/context.hpp"
#include "files/directory.hpp"
#include "tree/context_mode.hpp"
#include "tree/file_tree.hpp"

namespace pinnace::tree {

/// What every entry gets instead of what the disk says, so that umask, user and clock don't reach
/// the layer. Without `file_mode` and `directory_mode` modes are those of the disk, as `modes`
/// says.
struct Attributes {
  std::optional<std::uint32_t> file_mode;
  std::optional<std::uint32_t> directory_mode;
  std::uint64_t uid = 0;
  std::uint64_t gid = 0;
  std::int64_t mtime = 0;  ///< seconds since 1970
  Modes modes = Modes::normalize;
};

/// Decides about a path below the walked root ("src/a.txt"): `descend` without `take` looks below a
/// directory without adding it.
struct Choice {
  bool take = true;
  bool descend = true;
};
using Chooser = std::function<Choice(std::string_view path, bool is_directory)>;

/// Adds what stands at `from` below `root` to `tree` as `to`, directories with all that is in them.
/// A symlink at `from` itself is followed inside `root`; symlinks below are taken as they are. Only
/// statuses are read here, no contents. Names below `from` that Pinnace gives to its own
/// temporaries and locks are left out. Throws not_found, io, and invalid_input for sockets, devices
/// and FIFOs and for what leads outside of `root`.
void add_path(FileTree& tree, const base::Context& context,
              const std::shared_ptr<const files::Directory>& root, const std::string& from,
              const std::string& to, const Attributes& attributes, const Chooser& choose);

}  // namespace pinnace::tree
