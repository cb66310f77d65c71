#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace pinnace::spec {

/// A mount of the runtime specification.
struct Mount {
  std::string destination;
  std::string type;
  std::string source;
  std::vector<std::string> options;
};

/// A resource limit of the runtime specification: of getrlimit(2), by its name there.
struct Rlimit {
  std::string type;
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;
};

/// What a runtime needs to know, with everything looked up.
struct Input {
  std::string root;  ///< directory of the root file system
  bool root_readonly = false;
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> groups;
  std::string directory = "/";
  std::string hostname = "localhost";
  std::string host_sys;             ///< a /sys to bind; empty: one of its own
  std::vector<Mount> mounts;        ///< after /proc, /dev and /sys
  std::vector<std::string> hidden;  ///< paths that are empty in the container, if they are there
  std::vector<Rlimit> rlimits;      ///< all others are of whoever starts the runtime
  bool memory_is_limited = false;
  bool has_socketcall = false;  ///< see Container
};

/// The config.json of a bundle (OCI runtime specification 1.0). Namespaces but that of the network,
/// which the runtime's own already is; the capabilities, masked paths and system calls that other
/// builders give.
nlohmann::json make_config(const Input& input);

}  // namespace pinnace::spec
