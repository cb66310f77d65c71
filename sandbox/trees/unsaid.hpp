#pragma once

#include <map>
#include <string>

#include "tree/open_root.hpp"

namespace pinnace::sandbox {

/// What a container can leave on a disk and no layer says. The disk gets the name of the layer, and
/// other builds stand on it: so it has to go.

/// Which attributes user.overlay.* are not the container's: those that overlayfs wrote into its
/// upper directory, or none in a plain tree.
enum class Marks { none, overlay };

/// Removes the attributes that a container can have set (access control lists among them), but
/// those of `said`.
void remove_attributes(const tree::OpenRoot& tree, const tree::RootedPath& path,
                       const std::map<std::string, std::string>& said, Marks marks);

/// Removes the flags (chattr(1)) that a container can have set of a file or directory: new files of
/// others get some of them, as "synchronous", from their directory. Those about how a file system
/// stores files (compression, copying on write) stay, as it may have them from the store's own
/// directory.
void remove_flags(const tree::OpenRoot& tree, const tree::RootedPath& path);

/// Makes a link or a FIFO that has several names another one for this name: in layers, only regular
/// files have several. Its times become new ones.
void split_hard_link(const tree::OpenRoot& tree, const tree::RootedPath& path);

}  // namespace pinnace::sandbox
