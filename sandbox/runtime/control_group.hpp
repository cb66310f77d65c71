#pragma once

#include <sys/types.h>

#include <string_view>

#include "sandbox/trees/root.hpp"

namespace pinnace::sandbox {

/// Whether the host has control groups of version 2 alone (cgroups(7)), as runtimes find it out.
bool has_unified_groups();

/// From now on our control group is the root of all that this process and what it starts can see of
/// version 2: wherever a runtime puts its container, that is below ours. Nothing is done for
/// version 1, where runtimes need the paths of all hierarchies.
void hide_other_groups(const Stage& stage);

/// Whether a process whose /proc/PID/cgroup is `theirs` is in all groups that `ours` says, or below
/// them.
bool is_within_groups(std::string_view ours, std::string_view theirs);

/// Throws unsupported if a container, by its first process, has left the groups that limit us, and
/// io if that can't be told. One that has ended has left none.
void require_within_our_groups(pid_t process);

}  // namespace pinnace::sandbox
