#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "layer/shown_times.hpp"
#include "sandbox/trees/cache_mounts.hpp"
#include "sandbox/trees/root.hpp"
#include "sandbox/trees/step_files.hpp"

namespace pinnace::sandbox {

/// The trees of layers that a container sees, its root and its mounts of layers: with the times of
/// the layers, or with later ones where a cache mount has not seen a file yet (SeenFiles). What the
/// store has of the layers stays as it is: a tree of its own shows what has another time.
class RenewedTrees {
 public:
  /// The root's tree must be mounted at stage.below().
  RenewedTrees(const Stage& stage, const helper::HelperRequest& request, const CacheMounts& caches);

  /// As mount_snapshots(), at `target`; changes go to the snapshot of the request, which must be
  /// there.
  void mount_root(const std::string& target) const;
  /// The tree that the mount of this number shows a part of.
  void mount_layers(std::size_t number, const std::string& target) const;

  /// The second from which on the container may run: no file is from its future then.
  std::int64_t first_second() const noexcept { return m_first_second; }
  /// What is shown anew of the root.
  const TimesByPath& anew_in_root() const noexcept { return m_root.anew; }
  /// What layers say of times that the root's own layers do not have.
  const std::map<layer::ShownTime, std::int64_t>& true_times() const noexcept {
    return m_true_times;
  }
  const SeenFiles& seen() const noexcept { return m_seen; }

 private:
  struct Tree {
    std::string name;                 ///< of directories, and before paths in what was seen
    std::vector<std::string> lowers;  ///< snapshots
    std::string place;                ///< where it is mounted as it is
    tree::RootedPath part;            ///< what the container sees of it
    layer::ShownTimes times;
    TimesByPath anew;
  };
  Tree tree_of(const helper::HelperMount& mount, std::size_t number) const;
  std::vector<Tree*> all();
  void renew(const CacheMounts& caches);
  void take_times(Tree& tree, const StepFiles& files, const Renewal& renewal);
  void mount(const Tree& tree, const std::string& top, const std::string& target) const;

  const Stage& m_stage;
  const helper::HelperRequest& m_request;
  Tree m_root;
  std::map<std::size_t, Tree> m_mounts;  ///< by the number of the mount
  std::int64_t m_first_second = 0;
  std::map<layer::ShownTime, std::int64_t> m_true_times;
  SeenFiles m_seen;
};

}  // namespace pinnace::sandbox
