#pragma once

#include <string>

namespace pinnace::files {

/// Whether symbolic links in a path may be followed.
enum class Links { follow, refuse };

/// openat() for paths that must not leave the directory `directory`, neither by ".." nor by links,
/// even when somebody exchanges them meanwhile: openat2 with RESOLVE_BENEATH, or a walk component
/// by component where the kernel, a seccomp filter or an emulator does not have it. Returns a
/// descriptor, or -1 with errno: EXDEV for what leads outside (absolute links too), ELOOP for a
/// refused link or more than 40 of them.
int open_beneath(int directory, const std::string& path, int flags, Links links);

/// The fallback by itself, for tests.
int open_beneath_by_steps(int directory, const std::string& path, int flags, Links links);

}  // namespace pinnace::files
