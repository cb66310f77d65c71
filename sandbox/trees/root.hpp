#pragma once

#include <string>
#include <vector>

#include "helper/helper_request.hpp"
#include "tree/open_root.hpp"

namespace pinnace::sandbox {

/// Where things are, within the helper's own mount namespace: a directory that everybody may pass
/// through, hidden from all other processes.
struct Stage {
  std::string base;
  std::string links() const { return base + "/l"; }      ///< short names of snapshots
  std::string store() const { return base + "/store"; }  ///< the snapshots
  std::string root() const { return base + "/root"; }    ///< the container's root
  std::string below() const { return base + "/below"; }  ///< the same without the new changes
  std::string state() const { return base + "/state"; }  ///< the runtime's
  std::string bundle() const { return base + "/bundle"; }
  std::string files() const { return base + "/files"; }  ///< resolv.conf and others, secrets
  /// Where the source of the mount of this number is mounted; beside it is what it is made of.
  std::string place(std::size_t number) const { return files() + "/" + std::to_string(number); }
};

/// Makes the stage over a directory that hosts have for mounts; the snapshots are what we stand in.
Stage make_stage();

/// A file system of snapshots, lowest first, at `target`; what is written goes to the snapshot
/// `top`, which must be there; nothing may be written if that is empty. At most run::k_max_lowers.
void mount_snapshots(const Stage& stage, const helper::HelperRequest& request,
                     const std::vector<std::string>& lowers, const std::string& top,
                     const std::string& target);

/// Ends the writing to what is mounted at stage.root(), and unmounts it: a container may have
/// passed descriptors of its root to another one, through a socket in a cache of both. Where the
/// mount is an overlay, nobody can write by these from now on. Throws invalid_input while somebody
/// has a file of it open for writing.
void seal_root(const Stage& stage, const helper::HelperRequest& request);

/// A path of what is mounted so, with links followed. Throws not_found.
tree::RootedPath find_in_layers(const tree::OpenRoot& layers, const std::string& path);

/// Makes the snapshot `top` for mount_snapshots(), unless it is there: a copy, or empty but for how
/// the root directory looks.
void make_snapshot(const helper::HelperRequest& request, const std::vector<std::string>& lowers,
                   const std::string& top);

}  // namespace pinnace::sandbox
