#include "steps/owner.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/quote.hpp"

namespace pinnace::steps {

namespace {

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  // The largest one means "no change" to chown(2).
  if (text.empty() || error != std::errc() || stop != end || value == UINT32_MAX)
    return std::nullopt;
  return value;
}

/// The fields of the line of passwd(5) or group(5) that starts with `name`; empty if there is none.
std::vector<std::string_view> find_line(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    std::vector<std::string_view> fields;
    for (bool more = true; more;) {
      const std::size_t colon = line.find(':');
      fields.push_back(line.substr(0, colon));
      more = colon != std::string_view::npos;
      if (more) line.remove_prefix(colon + 1);
    }
    if (fields.size() >= 3 && fields.front() == name) return fields;
  }
  return {};
}

[[noreturn]] void refuse(const std::string& owner, std::string_view name, const char* file) {
  throw base::Error(base::ErrorCode::invalid_input,
                    owner + ": " + base::quote(name) + " is not in " + file + " of the stage");
}

}  // namespace

bool has_names(std::string_view owner) {
  const std::size_t colon = owner.find(':');
  const std::string_view user = owner.substr(0, colon);
  const std::string_view group =
      colon == std::string_view::npos ? std::string_view{} : owner.substr(colon + 1);
  return (!user.empty() && !number(user)) || (!group.empty() && !number(group));
}

Owner resolve_owner(const char* option, const std::string& text, const ReadAccounts& read) {
  const std::size_t colon = text.find(':');
  const std::string user = text.substr(0, colon);
  const std::string group = colon == std::string::npos ? "" : text.substr(colon + 1);
  Owner owner;
  if (const auto uid = number(user)) {
    owner = {*uid, *uid};
  } else if (!user.empty()) {
    const std::string passwd = read("etc/passwd");
    const auto fields = find_line(passwd, user);
    const auto id = fields.size() >= 4 ? number(fields[2]) : std::nullopt;
    const auto gid = fields.size() >= 4 ? number(fields[3]) : std::nullopt;
    if (!id || !gid) refuse(option + text, user, "/etc/passwd");
    owner = {*id, *gid};
  }
  if (group.empty()) return owner;
  if (const auto gid = number(group)) {
    owner.gid = *gid;
    return owner;
  }
  const std::string groups = read("etc/group");
  const auto fields = find_line(groups, group);
  const auto gid = fields.size() >= 3 ? number(fields[2]) : std::nullopt;
  if (!gid) refuse(option + text, group, "/etc/group");
  owner.gid = *gid;
  return owner;
}

}  // namespace pinnace::steps
