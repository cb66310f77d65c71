#pragma once

#include <map>
#include <string>
#include <vector>

#include "helper/helper_request.hpp"
#include "sandbox/trees/root.hpp"
#include "sandbox/trees/seen_files.hpp"

namespace pinnace::sandbox {

/// The cache mounts of a container: directories of the store, made where they are missing, and what
/// stands beside each of them: which files its last container has seen (SeenFiles). Locks of
/// exclusive caches are held as long as this lives.
class CacheMounts {
 public:
  /// Locks and makes them; the snapshot of the request must be there. Throws invalid_input, naming
  /// the mount's target.
  CacheMounts(const Stage& stage, const helper::HelperRequest& request);

  bool empty() const noexcept { return m_caches.empty(); }
  /// Where one is.
  std::string directory(const helper::HelperMount& mount) const;
  /// How the container is to see these files, which is written down.
  Renewal renew(const StepFiles& files) const;
  /// After the container has ended: where others have used a cache meanwhile, with other files than
  /// `seen`, those are new to it again.
  void finish(const SeenFiles& seen) const;

 private:
  struct Cache {
    bool is_empty = false;  ///< nothing in it can be older than a file
    bool writable = false;
  };
  void lock_exclusive_ones();
  bool make(const Stage& stage, const helper::HelperMount& mount, std::size_t number) const;
  std::string record_of(const std::string& name) const;

  const helper::HelperRequest& m_request;
  std::string m_directory;
  std::vector<files::UniqueFd> m_locks;
  std::map<std::string, Cache> m_caches;  ///< by name
};

}  // namespace pinnace::sandbox
