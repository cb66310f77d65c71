#pragma once

#include <list>
#include <set>
#include <string>
#include <vector>

#include "helper/helper_request.hpp"
#include "sandbox/mounts/stubs.hpp"
#include "sandbox/network/agent_proxy.hpp"
#include "sandbox/trees/cache_mounts.hpp"
#include "sandbox/trees/renewed_trees.hpp"
#include "sandbox/trees/root.hpp"
#include "spec/config.hpp"
#include "tree/open_root.hpp"

namespace pinnace::sandbox {

/// What the store has for mounts.
struct StoredFiles {
  const CacheMounts& caches;
  const RenewedTrees& trees;
};

/// The container's mounts: sources made ready on the stage, places in the root made where they are
/// missing. What is mounted inside of another mount is attached to that one here, so that for the
/// runtime both are one: it would make the missing place by a path, in which another container that
/// has the same cache may put a link to the host at that moment (CVE-2024-45310).
class Mounts {
 public:
  /// Opens what is of the host, as long as it can be named; before make_stage().
  /// `agents`: as start_agents() has them.
  Mounts(const helper::HelperRequest& request, const std::list<AgentProxy>& agents);

  /// `root`: of the container; `secrets`: the contents, in order. Throws invalid_input, naming the
  /// mount's target.
  std::vector<spec::Mount> prepare(const Stage& stage, const tree::OpenRoot& root, Stubs& stubs,
                                   const StoredFiles& stored, const std::string& secrets);
  /// After the container has ended: what was attached to others holds nothing any more.
  void detach();

 private:
  /// What the runtime gets, and which of the request's mounts it is.
  struct Outer {
    spec::Mount spec;
    std::size_t number;
  };
  /// Attaches `inner` to the mount that it is inside of. False: there is none that others can have.
  bool attach_inside(const Stage& stage, std::vector<Outer>& outers, const Outer& inner);
  spec::Mount prepare_one(const Stage& stage, const tree::OpenRoot& root, const StoredFiles& stored,
                          const helper::HelperMount& mount, std::size_t number,
                          std::string_view secret);
  std::string prepare_source(const Stage& stage, const StoredFiles& stored,
                             const helper::HelperMount& mount, std::size_t number,
                             std::string_view secret);

  const helper::HelperRequest& m_request;
  std::vector<files::UniqueFd> m_host;            ///< detached mounts, in the order of the mounts
  std::list<AgentProxy>::const_iterator m_agent;  ///< the next mount's
  std::set<std::string> m_joined;                 ///< places of those that others are inside of
};

}  // namespace pinnace::sandbox
