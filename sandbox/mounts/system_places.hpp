#pragma once

#include "sandbox/mounts/stubs.hpp"
#include "tree/open_root.hpp"
#include "tree/rooted_path.hpp"

namespace pinnace::sandbox {

// What the runtime mounts and makes in each container: /proc, /sys, /dev, and in /dev the devices
// and links of the runtime specification ("Default Devices"). Runtimes name these by the text
// below the root, with links followed as the host follows them.

/// Makes the directories of these mounts. Throws invalid_input where the image has a link or a
/// file: through a link runtimes would remove and make files of the host.
void make_system_places(Stubs& stubs);

/// OpenRoot::resolve() of a path of the container that is about to start: what the image has in
/// these directories is hidden then.
tree::RootedPath resolve_in_container(const tree::OpenRoot& root, const tree::RootedPath& path);

/// Throws invalid_input if a mount at `path`, which is resolved, would be where the runtime makes
/// something: it empties the file that is mounted there, or leaves it in the image.
void refuse_system_place(const tree::RootedPath& path);

/// Throws invalid_input if a container can't start in `path`, which is resolved: below /proc there
/// are links to what runtimes have open of the host (CVE-2024-21626), and nothing of /proc, /sys
/// and /dev is the image's.
void refuse_system_directory(const tree::RootedPath& path);

}  // namespace pinnace::sandbox
