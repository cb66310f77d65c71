#pragma once

#include <string>
#include <vector>

#include "base/open_root.hpp"
#include "run/helper_request.hpp"
#include "run/spec.hpp"
#include "sandbox/cache_mounts.hpp"
#include "sandbox/renewed_trees.hpp"
#include "sandbox/root.hpp"
#include "sandbox/stubs.hpp"

namespace pinnace::sandbox {

/// What the store has for mounts.
struct StoredFiles {
  const CacheMounts& caches;
  const RenewedTrees& trees;
};

/// The container's mounts: sources made ready on the stage, places in the root made where they are
/// missing.
class Mounts {
 public:
  /// Opens what is of the host, as long as it can be named; before make_stage().
  explicit Mounts(const run::HelperRequest& request);

  /// `root`: of the container; `secrets`: the contents, in order. Throws invalid_input, naming the
  /// mount's target.
  std::vector<run::SpecMount> prepare(const Stage& stage, const base::OpenRoot& root, Stubs& stubs,
                                      const StoredFiles& stored, const std::string& secrets);

 private:
  run::SpecMount prepare_one(const Stage& stage, const base::OpenRoot& root,
                             const StoredFiles& stored, const run::HelperMount& mount,
                             std::size_t number, std::string_view secret);
  std::string prepare_source(const Stage& stage, const StoredFiles& stored,
                             const run::HelperMount& mount, std::size_t number,
                             std::string_view secret);

  const run::HelperRequest& m_request;
  std::vector<base::UniqueFd> m_host;  ///< detached mounts, in the order of the mounts
};

}  // namespace pinnace::sandbox
