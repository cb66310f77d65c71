#pragma once

#include <sys/types.h>

#include <string>

#include "base/file.hpp"

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
  /// `agent`: the host's socket, open (O_PATH); `place`: where the new one is made. Needs /proc.
  AgentProxy(const base::UniqueFd& agent, const std::string& place, const SocketAccess& access);
  AgentProxy(const AgentProxy&) = delete;
  AgentProxy& operator=(const AgentProxy&) = delete;
  /// Ends the process and all connections.
  ~AgentProxy();

 private:
  pid_t m_process = -1;
};

/// The socket of an agent of the host, open (O_PATH). Throws not_found, and invalid_input if it is
/// no socket.
base::UniqueFd open_agent(const std::string& path);

}  // namespace pinnace::sandbox
