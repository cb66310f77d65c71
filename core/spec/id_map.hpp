#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pinnace::spec {

/// `count` ids from `inside` on are those from `outside` on of the host.
struct IdRange {
  std::uint32_t inside = 0;
  std::uint32_t outside = 0;
  std::uint32_t count = 0;

  bool operator==(const IdRange&) const = default;
};

/// The user and group ids that a container has, and which they are outside (user_namespaces(7)).
struct IdMaps {
  std::vector<IdRange> users;
  std::vector<IdRange> groups;
  /// Whether newuidmap(1) and newgidmap(1) must write them.
  bool by_helpers = false;

  bool operator==(const IdMaps&) const = default;
};

/// So many ids a container has: those of Debian's policy, nobody included.
inline constexpr std::uint32_t k_container_ids = 65536;

/// Who asks, and what the host says of it.
struct IdFacts {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::string user;          ///< its name
  std::string subuid;        ///< text of /etc/subuid
  std::string subgid;        ///< text of /etc/subgid
  std::string uid_map;       ///< text of /proc/self/uid_map
  std::string gid_map;       ///< text of /proc/self/gid_map
  bool has_helpers = false;  ///< newuidmap and newgidmap are there
};

/// An ordinary user: root inside is the user itself, the others are its ranges. Root: none of the
/// ids is one of the host's: root's own ranges, else ones that nobody has. Throws unsupported with
/// the exact remedy.
IdMaps choose_id_maps(const IdFacts& facts);

/// "  0 100000 65536\n" lines, as the kernel wants and shows them.
std::string to_text(const std::vector<IdRange>& ranges);
std::vector<IdRange> parse_id_map(std::string_view text);

}  // namespace pinnace::spec
