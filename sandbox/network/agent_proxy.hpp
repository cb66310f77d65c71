#pragma once

#include <sys/types.h>

#include <list>
#include <string>

#include "files/file.hpp"
#include "helper/helper_request.hpp"
#include "sandbox/system/system.hpp"

namespace pinnace::sandbox {

/// Who owns a socket, and who may connect to it.
struct SocketAccess {
  uid_t uid = 0;
  gid_t gid = 0;
  mode_t mode = 0600;
};

/// An SSH agent for a container: a socket behind which a process passes on what the container may
/// ask (agent_messages.hpp) to the host's agent, and refuses all else. By the host's socket itself
/// a container could remove the user's keys, lock the agent, or add keys of its own.
class AgentProxy {
 public:
  /// Starts the process for the agent whose socket is at `path`; outside of the namespaces of the
  /// container, as root of these is somebody else to the agent. Throws not_found, and invalid_input
  /// if it is no socket.
  explicit AgentProxy(const std::string& path);
  AgentProxy(const AgentProxy&) = delete;
  AgentProxy& operator=(const AgentProxy&) = delete;
  /// Ends the process and all connections.
  ~AgentProxy();

  /// In the namespaces: makes the socket, and lets the process begin.
  void serve_at(const std::string& place, const SocketAccess& access) const;

 private:
  files::UniqueFd m_socket;
  Pipe m_begin;
  pid_t m_process = -1;
};

/// For the mounts of a request, in their order.
std::list<AgentProxy> start_agents(const helper::HelperRequest& request);

}  // namespace pinnace::sandbox
