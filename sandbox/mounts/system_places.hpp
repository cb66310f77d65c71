#pragma once

#include "sandbox/mounts/stubs.hpp"
#include "tree/rooted_path.hpp"

namespace pinnace::sandbox {

// What the runtime mounts and makes in each container: /proc, /sys, /dev, and in /dev the devices
// and links of the runtime specification ("Default Devices"). Runtimes name these by the text
// below the root, with links followed as the host follows them.

/// Makes the directories of these mounts. Throws invalid_input where the image has a link or a
/// file: through a link runtimes would remove and make files of the host.
void make_system_places(Stubs& stubs);

/// Throws invalid_input if a mount at `path`, which is resolved, would be where the runtime makes
/// something: it empties the file that is mounted there, or leaves it in the image.
void refuse_system_place(const tree::RootedPath& path);

}  // namespace pinnace::sandbox
