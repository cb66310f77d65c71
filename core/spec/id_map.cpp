#include "spec/id_map.hpp"

#include <algorithm>
#include <optional>
#include <sstream>

#include "base/error.hpp"

namespace pinnace::spec {

using base::Error;
using base::ErrorCode;

namespace {

/// Above the ranges that useradd(8) and systemd-nspawn(1) give out.
constexpr std::uint32_t k_unused_ids = 0x70000000;
/// The first that useradd(8) gives out.
constexpr std::uint32_t k_first_given = 100'000;

struct Owned {
  std::string name;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

/// The lines "name:first:count" of subuid(5).
std::vector<Owned> parse_owned(const std::string& text) {
  std::vector<Owned> owned;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::replace(line.begin(), line.end(), ':', ' ');
    std::istringstream fields(line);
    Owned one;
    if (fields >> one.name >> one.first >> one.count) owned.push_back(std::move(one));
  }
  return owned;
}

std::vector<Owned> ranges_of(const IdFacts& facts, const std::string& text) {
  std::vector<Owned> owned = parse_owned(text);
  std::erase_if(owned, [&](const Owned& one) {
    return one.count == 0 || (one.name != facts.user && one.name != std::to_string(facts.uid));
  });
  return owned;
}

/// Ranges for the ids from `inside` on, until there are k_container_ids.
void append(std::vector<IdRange>& ranges, const std::vector<Owned>& owned) {
  std::uint32_t inside = ranges.empty() ? 0 : ranges.back().inside + ranges.back().count;
  for (const Owned& one : owned) {
    const std::uint32_t count = std::min(one.count, k_container_ids - inside);
    if (count == 0) break;
    ranges.push_back({inside, one.first, count});
    inside += count;
  }
}

/// Whether no line has any of the k_container_ids from `first` on.
bool is_free(const std::vector<Owned>& owned, std::uint32_t first) {
  return std::none_of(owned.begin(), owned.end(), [&](const Owned& one) {
    return one.first < std::uint64_t{first} + k_container_ids &&
           first < std::uint64_t{one.first} + one.count;
  });
}

/// The command that gives the user the ranges that it lacks: ids that nobody has, neither users nor
/// groups.
std::string remedy(const IdFacts& facts) {
  const std::vector<Owned> owned = parse_owned(facts.subuid + "\n" + facts.subgid);
  std::uint32_t first = k_first_given;
  while (!is_free(owned, first) && first < k_unused_ids) first += k_container_ids;
  const std::string range =
      std::to_string(first) + "-" + std::to_string(first + k_container_ids - 1) + " ";
  const bool lacks_users = ranges_of(facts, facts.subuid).empty();
  const bool lacks_groups = ranges_of(facts, facts.subgid).empty();
  if (facts.user.empty()) {  // usermod(8) takes names only
    const std::string line = std::to_string(facts.uid) + ":" + std::to_string(first) + ":" +
                             std::to_string(k_container_ids);
    return "echo " + line + " | tee -a" + (lacks_users ? " /etc/subuid" : "") +
           (lacks_groups ? " /etc/subgid" : "");
  }
  return "usermod " + (lacks_users ? "--add-subuids " + range : "") +
         (lacks_groups ? "--add-subgids " + range : "") + facts.user;
}

[[noreturn]] void refuse_single_id(const IdFacts& facts, const char* file) {
  const std::string& user = facts.user.empty() ? std::to_string(facts.uid) : facts.user;
  throw Error(ErrorCode::unsupported,
              "user " + user + " has no range of ids in " + file +
                  ", which RUN needs (apt and others change owners); as root: " + remedy(facts));
}

std::vector<IdRange> of_user(const IdFacts& facts, std::uint32_t own, const std::string& text,
                             const char* file) {
  std::vector<IdRange> ranges = {{0, own, 1}};
  const std::vector<Owned> owned = ranges_of(facts, text);
  if (owned.empty()) refuse_single_id(facts, file);
  append(ranges, owned);
  return ranges;
}

bool is_mapped(const std::vector<IdRange>& map, std::uint32_t first, std::uint32_t count) {
  return std::any_of(map.begin(), map.end(), [&](const IdRange& range) {
    return first >= range.inside && first - range.inside < range.count &&
           range.count - (first - range.inside) >= count;
  });
}

/// A range that no line of the file has and that the namespace we are in knows.
std::optional<std::uint32_t> find_unused(const std::string& text, const std::string& map) {
  const std::vector<Owned> owned = parse_owned(text);
  const std::vector<IdRange> known = parse_id_map(map);
  for (std::uint32_t first = k_unused_ids; first < 0xfff00000; first += k_container_ids) {
    if (is_free(owned, first) && is_mapped(known, first, k_container_ids)) return first;
  }
  return std::nullopt;
}

std::vector<IdRange> of_root(const IdFacts& facts, const std::string& text,
                             const std::string& map) {
  std::vector<IdRange> ranges;
  append(ranges, ranges_of(facts, text));
  if (!ranges.empty() && ranges.back().inside + ranges.back().count == k_container_ids)
    return ranges;
  if (const auto first = find_unused(text, map)) return {{0, *first, k_container_ids}};
  throw Error(ErrorCode::unsupported,
              "there are no 65,536 unused user and group ids here for containers of root (see "
              "/proc/self/uid_map); run as an ordinary user with ranges in /etc/subuid and "
              "/etc/subgid, or accept that root in RUN is root of the host (--run-as-host-root)");
}

}  // namespace

IdMaps choose_id_maps(const IdFacts& facts) {
  if (facts.uid == 0)
    return {of_root(facts, facts.subuid, facts.uid_map),
            of_root(facts, facts.subgid, facts.gid_map), false};
  IdMaps maps{of_user(facts, facts.uid, facts.subuid, "/etc/subuid"),
              of_user(facts, facts.gid, facts.subgid, "/etc/subgid"), true};
  if (!facts.has_helpers)
    throw Error(ErrorCode::unsupported,
                "newuidmap and newgidmap are not there, which RUN needs; as root: apt-get install "
                "uidmap");
  return maps;
}

std::string to_text(const std::vector<IdRange>& ranges) {
  std::string text;
  for (const IdRange& range : ranges)
    text += std::to_string(range.inside) + " " + std::to_string(range.outside) + " " +
            std::to_string(range.count) + "\n";
  return text;
}

std::vector<IdRange> parse_id_map(std::string_view text) {
  std::vector<IdRange> ranges;
  std::istringstream lines{std::string(text)};
  for (IdRange range; lines >> range.inside >> range.outside >> range.count;)
    ranges.push_back(range);
  return ranges;
}

}  // namespace pinnace::spec
