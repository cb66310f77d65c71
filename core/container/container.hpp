#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/context.hpp"
#include "container/root_layer.hpp"
#include "oci/platform.hpp"

namespace pinnace::container {

/// What a container's process can reach.
enum class Network {
  isolated,  ///< the outside through a network stack of its own; never the host's loopback
  none,      ///< only its own loopback
  host,      ///< all that the host reaches: its loopback, too
};

/// Files of other layers, read-only unless `writable`, when what is written is dropped at the end.
struct BindMount {
  std::vector<RootLayer> layers;
  std::string source;  ///< below the layers' root
  bool writable = false;
  bool is_new = false;  ///< its files are newer than all that the container's root has
};
/// A directory that outlives the container, and is never in a layer.
struct CacheMount {
  enum class Sharing { shared, locked };
  std::string id;  ///< together with mode, owner and network
  Sharing sharing = Sharing::shared;
  std::uint32_t mode = 0755;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  bool writable = true;
  struct Start {
    std::vector<RootLayer> layers;
    std::string source;  ///< a directory below the layers' root
  };
  std::optional<Start> start = {};  ///< what a new one has a copy of; nothing: it is empty
  /// Of the build. Containers that share a cache can pass each other sockets through it.
  Network network = Network::isolated;
};
struct TemporaryMount {
  std::uint64_t size = 0;  ///< bytes; 0: half of the memory
};
/// A file that only memory holds: a secret.
struct SecretMount {
  std::string content;
  std::uint32_t mode = 0400;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};
/// A file, directory or socket of the host.
struct HostMount {
  std::string path;
  bool writable = false;
};
/// An SSH agent of the host, of which a container may list the keys and have signatures: a socket
/// of its own (sandbox/network/agent_proxy.hpp).
struct AgentMount {
  std::string path;  ///< of the host's socket
  std::uint32_t mode = 0600;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
};

struct Mount {
  std::string target;  ///< absolute, or relative to the working directory
  std::variant<BindMount, CacheMount, TemporaryMount, SecretMount, HostMount, AgentMount> source;
};

struct Limits {
  std::optional<std::uint64_t> processes;   ///< tasks at once
  std::optional<std::uint64_t> memory;      ///< bytes
  std::optional<std::uint64_t> milli_cpus;  ///< thousandths of a processor
};

/// What runs in a root file system. Nothing of the host's environment is added.
struct Container {
  std::vector<RootLayer> layers;  ///< lowest first
  std::vector<std::string> arguments;
  std::vector<std::string> environment;  ///< NAME=VALUE
  std::string user;             ///< "user[:group]", names of the root or numbers; empty: root
  std::string directory = "/";  ///< made if it is missing
  std::string hostname = "localhost";
  Network network = Network::isolated;
  std::vector<base::PublishedPort> ports;
  std::uint16_t wait_port = 0;  ///< who watches is told when something listens there; 0: never
  std::vector<Mount> mounts;
  Limits limits;
  oci::Platform platform = oci::Platform::host();  ///< of the programs (Sandbox::check_platform())
  /// 32-bit x86 programs may make sockets as their old C libraries do, of any family: AF_VSOCK,
  /// too.
  bool has_socketcall = false;
  /// A stop request sends this signal (its number) to the first process and waits so long for its
  /// end; 0: it is killed at once.
  int stop_signal = 15;
  std::chrono::seconds stop_time{0};
};

}  // namespace pinnace::container
