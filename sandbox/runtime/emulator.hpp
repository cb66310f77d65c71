#pragma once

#include "helper/helper_request.hpp"
#include "sandbox/trees/root.hpp"

namespace pinnace::sandbox {

/// For the programs of our user namespace; it lasts as long as the mount. They get a copy of the
/// emulator: whoever keeps their /proc/PID/exe could write to the file when it is in use no more,
/// and the host's may be the user's own.
void register_emulator(const Stage& stage, const helper::HelperRequest& request);

}  // namespace pinnace::sandbox
