#pragma once

#include <list>
#include <string>

#include "run/helper_request.hpp"
#include "sandbox/agent_proxy.hpp"

namespace pinnace::sandbox {

/// The operations of the helper, each within the namespaces of run_inside(). They send what they
/// have to say as frames and return 0.

/// Unpacks the archive on standard input as the snapshot.
int apply_snapshot(const run::HelperRequest& request);
/// Runs the container and sends its output, its changes if they are wanted, and how it ended.
int run_container(const run::HelperRequest& request, const std::string& secrets,
                  const std::list<AgentProxy>& agents);
/// Runs /bin/true of the host by the runtime.
int probe_runtime(const run::HelperRequest& request);
/// Fails if an emulator can't be registered.
int probe_emulator(const run::HelperRequest& request);
/// Says why overlayfs is refused for snapshots; an empty text: it works.
int probe_overlay(const run::HelperRequest& request);
/// Sends the bytes that each of the snapshots has.
int measure_snapshots(const run::HelperRequest& request);
/// Makes one snapshot of many, lowest first: the whole tree that they lead to.
int merge_snapshots(const run::HelperRequest& request);
/// Removes snapshots, whose files belong to ids that only the container has, and says which could
/// not be removed and why.
int remove_snapshots(const run::HelperRequest& request);

}  // namespace pinnace::sandbox
