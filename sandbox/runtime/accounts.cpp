#include "sandbox/runtime/accounts.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "base/error.hpp"

namespace pinnace::sandbox {

using base::Error;
using base::ErrorCode;

namespace {

using Fields = std::vector<std::string_view>;

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() ||
      value == UINT32_MAX)
    return std::nullopt;
  return value;
}

Fields split(std::string_view text, char separator) {
  Fields fields;
  for (;;) {
    const std::size_t at = text.find(separator);
    fields.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return fields;
    text.remove_prefix(at + 1);
  }
}

/// The first line whose field `index` is `value`, with at least `least` fields.
std::optional<Fields> find_line(const std::string& text, std::size_t index, std::string_view value,
                                std::size_t least) {
  for (const std::string_view line : split(text, '\n')) {
    Fields fields = split(line, ':');
    if (fields.size() >= least && fields[index] == value) return fields;
  }
  return std::nullopt;
}

[[noreturn]] void refuse(const std::string& what, std::string_view name, const char* file) {
  throw Error(ErrorCode::invalid_input,
              what + " \"" + std::string(name) + "\" is not in the image's " + file);
}

std::uint32_t find_group(std::string_view name, const std::string& group) {
  if (const auto line = find_line(group, 0, name, 3)) {
    if (const auto gid = number((*line)[2])) return *gid;
  }
  if (const auto gid = number(name)) return *gid;
  refuse("group", name, "/etc/group");
}

/// Groups that name the user as a member.
std::vector<std::uint32_t> groups_of(std::string_view user, const std::string& group) {
  std::vector<std::uint32_t> groups;
  for (const std::string_view line : split(group, '\n')) {
    const Fields fields = split(line, ':');
    if (fields.size() < 4) continue;
    const Fields members = split(fields[3], ',');
    const auto gid = number(fields[2]);
    if (gid && std::find(members.begin(), members.end(), user) != members.end())
      groups.push_back(*gid);
  }
  return groups;
}

}  // namespace

Account find_account(const std::string& user, const std::string& passwd, const std::string& group) {
  Account account;
  const std::string_view whole = user.empty() ? "0" : std::string_view(user);
  const std::size_t colon = whole.find(':');
  const std::string_view name = whole.substr(0, colon);
  auto line = find_line(passwd, 0, name, 4);
  if (!line) line = find_line(passwd, 2, name, 4);
  const auto uid = number(line ? (*line)[2] : name);
  if (!uid) refuse("user", name, "/etc/passwd");
  account.uid = *uid;
  if (line) account.gid = number((*line)[3]).value_or(0);
  if (colon != std::string_view::npos && colon + 1 < whole.size()) {
    account.gid = find_group(whole.substr(colon + 1), group);
  } else if (line) {
    account.groups = groups_of((*line)[0], group);
  }
  // As a login has it: a process that drops its group must not fall out of what denies that group.
  if (std::find(account.groups.begin(), account.groups.end(), account.gid) == account.groups.end())
    account.groups.insert(account.groups.begin(), account.gid);
  return account;
}

}  // namespace pinnace::sandbox
