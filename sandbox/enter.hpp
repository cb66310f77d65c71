#pragma once

#include <functional>

#include "helper/helper_request.hpp"

namespace pinnace::sandbox {

/// Runs `inside` as the first process of new user, mount, pid and network namespaces, so that
/// everything it starts ends with it, and waits for its end. It ends at once when our standard
/// input closes (if `watch_input`), and with us. `inside` starts in our working directory, as root
/// of its user namespace. Returns its exit code. Throws unsupported, saying what is refused here
/// and what would allow it, and io.
int run_inside(const helper::HelperRequest& request, bool watch_input,
               const std::function<int()>& inside);

}  // namespace pinnace::sandbox
