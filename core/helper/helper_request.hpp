#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "container/container.hpp"
#include "layer/shown_times.hpp"
#include "spec/id_map.hpp"

namespace pinnace::helper {

/// A mount as the helper process gets it.
struct HelperMount {
  std::string kind;  ///< "layers", "cache", "tmpfs", "secret", "host" or "agent"
  std::string target;
  std::vector<std::string> lowers;  ///< layers, cache with a start: snapshots, lowest first
  std::string source;  ///< layers: a path below their root; cache: its name; host, agent: a path
  std::string start;   ///< cache: what a new one copies, below its lowers' root; empty: nothing
  bool writable = false;
  bool exclusive = false;  ///< cache: one container at a time
  std::uint32_t mode = 0;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::uint64_t size = 0;  ///< tmpfs: its limit; secret: bytes that follow the request
};

/// What the helper process (`pinnace sandbox`) reads first: a size of four bytes, so many bytes of
/// JSON, then the contents of the secrets, then, for "apply", a tar archive. Its standard input
/// stays open until the operation is done: when it closes, the helper ends all that it started.
struct HelperRequest {
  /// "apply": a tar archive becomes `snapshot` on top of `lowers`; "run": a container; "probe": the
  /// host's own /bin/true in one; "emulator": registers it; "overlay": says why overlayfs is
  /// refused; "measure": how many bytes each of `lowers` has; "merge": `snapshot` becomes the whole
  /// tree of `lowers`; "remove": `lowers` go.
  std::string operation;
  std::string directory;  ///< of the snapshots
  std::vector<spec::IdRange> users;
  std::vector<spec::IdRange> groups;
  bool by_helpers = false;
  bool host_root = false;
  std::string path;  ///< PATH, where runtimes and tools are
  std::string runtime;
  std::string emulator;  ///< its line for binfmt_misc; empty: none
  /// Where overlayfs is refused: a snapshot is a whole tree, its lowers are one at most, and what
  /// changes is a copy of it.
  bool copies = false;
  std::vector<std::string> lowers;  ///< snapshots of the root, lowest first
  std::string snapshot;             ///< where changes go; empty: they are dropped
  bool report_changes = false;
  std::int64_t epoch = 0;
  layer::TimesOf times_of = layer::TimesOf::image;  ///< "apply": with `epoch`, a layer::TimeRule
  /// "apply": a snapshot that the new one is newer than, though it does not stand on it; empty:
  /// none.
  std::string after;
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::string user;
  std::string working_directory;
  std::string hostname;
  container::Network network = container::Network::isolated;
  std::vector<base::PublishedPort> ports;
  std::uint16_t wait_port = 0;  ///< 0: none
  std::vector<HelperMount> mounts;
  std::uint64_t processes = 0;   ///< 0: no limit
  std::uint64_t memory = 0;      ///< bytes; 0: no limit
  std::uint64_t milli_cpus = 0;  ///< 0: no limit
  bool has_socketcall = false;   ///< see Container
};

inline constexpr std::size_t k_max_helper_request = std::size_t{64} << 20;

nlohmann::json to_json(const HelperRequest& request);
HelperRequest parse_helper_request(std::string_view text);

}  // namespace pinnace::helper
