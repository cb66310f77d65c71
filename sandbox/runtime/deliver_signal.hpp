#pragma once

#include <sys/types.h>

#include <string>

namespace pinnace::sandbox {

/// Whether the kernel would drop a signal that ends other processes, as it does for the first one
/// of a pid namespace: by its /proc/PID/status, it neither handles, ignores nor blocks it.
bool would_be_dropped(const std::string& status, int signal);

/// Sends a signal to a container's first process (in our pid namespace, or below) with the effect
/// that it has on any other: what does not care for it ends.
void deliver_signal(pid_t process, int signal);

}  // namespace pinnace::sandbox
