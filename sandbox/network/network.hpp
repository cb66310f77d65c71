#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "files/file.hpp"
#include "helper/helper_request.hpp"
#include "sandbox/system/system.hpp"

namespace pinnace::sandbox {

/// The way out of a network namespace: slirp4netns(1), a TCP/IP stack in user mode, outside of it.
/// What it is asked to connect to leaves by the host's network, but never reaches its loopback.
class OutsideNetwork {
 public:
  /// Connects the namespace of the process `inside`, and publishes the ports. Throws unsupported
  /// with the remedy, and conflict for a port that somebody else has.
  OutsideNetwork(const helper::HelperRequest& request, pid_t inside);

 private:
  /// What it says if it gives no network; empty: it does.
  std::string start(const std::vector<std::string>& arguments, const std::string& path);

  files::UniqueFd m_alive;  ///< slirp4netns ends when it closes
  files::UniqueFd m_said;   ///< its standard error
  std::unique_ptr<Program> m_program;
};

/// Makes the network namespace that we are in a container's: its loopback is up and the only one
/// that can be reached, also by sockets that are bound to the way out; so are no addresses of the
/// host's own link, such as a cloud's metadata service; programs ask for echoes (ping) without a
/// raw socket. Needs /proc.
void prepare_network(const helper::HelperRequest& request);

/// What slirp4netns, which reads whatever the container sends, gives up once it has begun, as far
/// as its version can, by its --help: all file systems but /etc and /run, capabilities, most system
/// calls.
std::vector<std::string> confinement_of(const std::string& help);

/// All groups of a namespace, as ping_group_range has them: up to 2^31 - 1.
std::string all_groups(const std::vector<spec::IdRange>& groups);

/// The resolv.conf of a container.
std::string resolver_settings(container::Network network, const std::string& host_settings);

}  // namespace pinnace::sandbox
