#pragma once

#include <string>
#include <vector>

#include "base/file.hpp"
#include "run/helper_request.hpp"

namespace pinnace::sandbox {

/// Where things are, within the helper's own mount namespace: a directory that everybody may pass
/// through, hidden from all other processes.
struct Stage {
  std::string base;
  std::string store() const { return base + "/store"; }  ///< the snapshots
  std::string root() const { return base + "/root"; }    ///< the container's root
  std::string below() const { return base + "/below"; }  ///< the same without the new changes
  std::string state() const { return base + "/state"; }  ///< the runtime's
  std::string bundle() const { return base + "/bundle"; }
  std::string files() const { return base + "/files"; }  ///< resolv.conf and others, secrets
};

/// Makes the stage over a directory that hosts have for mounts; the snapshots are what we stand in.
Stage make_stage();

/// A file system of snapshots, lowest first, at `target`; what is written goes to the snapshot
/// `top`, which must be there; nothing may be written if that is empty. Relative to the current
/// directory, which must be the store's.
void mount_snapshots(const Stage& stage, const run::HelperRequest& request,
                     const std::vector<std::string>& lowers, const std::string& top,
                     const std::string& target);

/// Makes the snapshot `top` for mount_snapshots(): empty, or a copy, unless it is there.
void make_snapshot(const run::HelperRequest& request, const std::vector<std::string>& lowers,
                   const std::string& top);

/// `path` below the directory `root` with all its links followed there, as a process with that root
/// would. What is missing is taken literally. Throws invalid_input for more than 40 links.
std::string resolve_in_root(const std::string& root, const std::string& path);

/// Places that mounts need and the image does not have: made before, removed after, if nobody put
/// anything there.
class Stubs {
 public:
  explicit Stubs(std::string root) : m_root(std::move(root)) {}
  /// A directory or empty file at `path` (resolved) below the root.
  void add(const std::string& path, bool directory);
  /// In reverse order.
  void remove();

 private:
  std::string m_root;
  std::vector<std::pair<std::string, bool>> m_made;
};

}  // namespace pinnace::sandbox
