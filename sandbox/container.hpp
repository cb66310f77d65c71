#pragma once

#include <list>
#include <string>

#include "helper/helper_request.hpp"
#include "sandbox/network/agent_proxy.hpp"

namespace pinnace::sandbox {

/// Operations of the helper, each within the namespaces of run_inside(). They send what they
/// have to say as frames and return 0.

/// Runs the container and sends its output, its changes if they are wanted, and how it ended.
int run_container(const helper::HelperRequest& request, const std::string& secrets,
                  const std::list<AgentProxy>& agents);
/// Runs /bin/true of the host by the runtime.
int probe_runtime(const helper::HelperRequest& request);
/// Fails if an emulator can't be registered.
int probe_emulator(const helper::HelperRequest& request);

}  // namespace pinnace::sandbox
