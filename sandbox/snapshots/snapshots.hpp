#pragma once

#include <string>

#include "helper/helper_request.hpp"
#include "layer/shown_times.hpp"
#include "sandbox/trees/root.hpp"

namespace pinnace::sandbox {

/// The times of what the snapshot of a request stands on. Where it is a whole tree, it may have
/// layers already.
layer::ShownTimes times_below(const Stage& stage, const helper::HelperRequest& request);
/// Before a snapshot gets its name. What it needed beside its tree does not stay: the overlay's
/// work, and what was written to mounts, in which there may be secrets.
void finish_snapshot(const Stage& stage, const std::string& name, const layer::ShownTimes& times);

/// Operations of the helper, each within the namespaces of run_inside(). They send what they have
/// to say as frames and return 0.

/// Unpacks the archive on standard input as the snapshot.
int apply_snapshot(const helper::HelperRequest& request);
/// Says why overlayfs is refused for snapshots; an empty text: it works.
int probe_overlay(const helper::HelperRequest& request);
/// Sends the bytes that each of the snapshots has; 0 for one that is gone.
int measure_snapshots(const helper::HelperRequest& request);
/// Makes one snapshot of many, lowest first: the whole tree that they lead to.
int merge_snapshots(const helper::HelperRequest& request);
/// Removes snapshots, whose files belong to ids that only the container has, and says which could
/// not be removed and why.
int remove_snapshots(const helper::HelperRequest& request);

}  // namespace pinnace::sandbox
