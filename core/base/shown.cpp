#include "base/shown.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "base/utf8.hpp"

namespace pinnace::base {

namespace {

constexpr std::string_view k_redacted = "REDACTED";
constexpr std::string_view k_hex = "0123456789abcdef";

/// Characters that have no shape of their own, and change or hide what stands around them.
bool is_deceptive(std::uint32_t character) {
  static constexpr std::pair<std::uint32_t, std::uint32_t> k_ranges[] = {
      {0xad, 0xad},     {0x61c, 0x61c},   {0x180e, 0x180e}, {0x200b, 0x200f},   {0x2028, 0x202e},
      {0x2060, 0x206f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
  };
  return std::any_of(std::begin(k_ranges), std::end(k_ranges), [&](const auto& range) {
    return range.first <= character && character <= range.second;
  });
}

void append_byte(std::string& result, char c) {
  const auto byte = static_cast<unsigned char>(c);
  result += {'\\', 'x', k_hex[byte >> 4U], k_hex[byte & 15U]};
}

void append_code(std::string& result, std::uint32_t character) {
  std::array<char, 8> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), character, 16).ptr;
  result += "\\u{" + std::string(digits.data(), end) + "}";
}

bool is_control(std::uint32_t character) {
  return (character < 0x20 && character != '\t') || (character >= 0x7f && character < 0xa0);
}

/// Whether what stands behind an "@" is meant as a digest: no host is called so.
bool is_digest(std::string_view text) {
  if (text.starts_with("sha256:") || text.starts_with("sha512:")) return true;
  if (text == "digest]") return true;  // "oci:DIR[:tag][@digest]", which tells what was expected
  const std::size_t colon = text.find(':');
  if (colon == text.npos || text.size() - colon <= 32) return false;
  return text.substr(colon + 1).find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

constexpr std::string_view k_local_transports[] = {
    "oci:", "oci-archive:", "docker-archive:", "docker-daemon:", "dir:", "env:"};

/// A name without the scheme or transport in front.
struct Name {
  std::size_t start = 0;
  bool is_url = false;
  bool is_local = false;  ///< begins with a transport such as "oci:": a path follows
};

Name parse_name(std::string_view name) {
  if (const std::size_t scheme = name.find("://"); scheme != name.npos) return {scheme + 3, true};
  if (name.starts_with("//")) return {2, true};
  for (const std::string_view mistyped : {"http:/", "https:/", "docker:/"}) {
    if (name.starts_with(mistyped)) return {mistyped.size(), true};
  }
  for (const std::string_view transport : k_local_transports) {
    if (name.starts_with(transport)) return {transport.size(), false, true};
  }
  return {};
}

bool is_number(std::string_view text) {
  return text.find_first_not_of("0123456789") == text.npos;
}

/// Whether a text can be "host" or "host:port".
bool has_no_password(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  return colon == text.npos || is_number(text.substr(colon + 1));
}

/// Whether a text begins with a host, and not with a number as "job@2/out" and "web@1.2" have it.
bool begins_with_host(std::string_view text) {
  const std::string_view host = text.substr(0, text.find_first_of("/?#"));
  if (host.empty()) return false;
  return !is_number(host.substr(0, 1)) || host.find(':') != host.npos ||
         std::count(host.begin(), host.end(), '.') == 3;
}

/// What stands before the host and ends with "@"; empty if nothing does.
struct UserInfo {
  std::size_t start = 0;
  std::size_t size = 0;
};

/// The last "@" that no digest follows.
std::size_t find_at(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == text.npos || !is_digest(text.substr(at + 1))) return at;
  return at == 0 ? text.npos : text.rfind('@', at - 1);
}

/// Whether what looks like "host:port/path@..." is "user:12/word@host": behind the "@" stands what
/// can be nothing but a host, with its port or a path. In "host:4873/@scope/name" it begins a name.
bool hides_password(std::string_view rest, std::string_view front, std::size_t at) {
  if (at == rest.npos || at < front.size() || front.find(':') == front.npos) return false;
  const std::string_view behind = rest.substr(at + 1);
  return rest[at - 1] != '/' && begins_with_host(behind) &&
         behind.find_first_of(":/") != behind.npos;
}

UserInfo find_user_info(std::string_view name) {
  const Name parsed = parse_name(name);
  const std::string_view rest = name.substr(parsed.start);
  const std::size_t end = std::min(rest.find_first_of(parsed.is_url ? "/?#" : "/"), rest.size());
  const std::string_view front = rest.substr(0, end);
  std::size_t at = end < rest.size() ? front.rfind('@') : find_at(front);
  const std::string_view behind = at == front.npos ? front : front.substr(at + 1);
  // A password may have a slash, "user:a/b@host"; a port has none, and in a path the colon comes
  // after a slash, or right before it: "job@2/out", "shop/web:1@x", "src:/job@tmp".
  if (end < rest.size() && !parsed.is_local && (parsed.is_url || !front.ends_with(':'))) {
    const std::size_t last = find_at(rest);
    const bool is_password = has_no_password(behind)
                                 ? hides_password(rest, front, last)
                                 : last != rest.npos && begins_with_host(rest.substr(last + 1));
    if (is_password) at = last;
  }
  if (at == rest.npos || at == 0) return {};
  return {parsed.start, at};
}

bool is_url(std::string_view name, const UserInfo& info) {
  return info.start > 0 && name[info.start - 1] == '/';
}

bool has_password(std::string_view name, const UserInfo& info) {
  return name.substr(info.start, info.size).find(':') != name.npos;
}

bool looks_like_host(std::string_view text) {
  return text.find_first_of(".:/") != text.npos || text == "localhost";
}

std::string replaced(std::string_view name, const UserInfo& info) {
  return std::string(name.substr(0, info.start)) + std::string(k_redacted) +
         std::string(name.substr(info.start + info.size));
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const Character character = first_character(text);
    const std::size_t size = std::max<std::size_t>(character.size, 1);
    if (text.front() == '\n') {
      result += "\\n";
    } else if (character.size == 0 || is_control(character.value)) {
      for (const char c : text.substr(0, size)) append_byte(result, c);
    } else if (is_deceptive(character.value)) {
      append_code(result, character.value);
    } else {
      result += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return result;
}

std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  const auto is_inside = [&](std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U;
  };
  std::size_t begin = most / 2;
  std::size_t end = text.size() - most / 2;
  while (begin > 0 && is_inside(begin)) --begin;
  while (is_inside(end)) ++end;
  return text.replace(begin, end - begin, "[... " + std::to_string(end - begin) + " bytes ...]");
}

std::string without_user_info(std::string_view name) {
  const UserInfo info = find_user_info(name);
  if (info.size == 0) return std::string(name);
  const bool before_host =
      info.start == 0 && looks_like_host(name.substr(info.start + info.size + 1));
  // "ubuntu@latest" has none.
  if (!is_url(name, info) && !has_password(name, info) && !before_host) return std::string(name);
  return replaced(name, info);
}

std::string message_without_user_info(std::string_view message) {
  static constexpr std::string_view k_between = " \t\r\n\"'<>(),;=";
  std::string result;
  while (!message.empty()) {
    const std::size_t size = std::min(message.find_first_of(k_between), message.size());
    const std::string_view word = message.substr(0, size);
    const UserInfo info = find_user_info(word);
    const bool shows = info.size > 0 && (is_url(word, info) || has_password(word, info));
    result += shows ? replaced(word, info) : std::string(word);
    message.remove_prefix(size);
    if (message.empty()) break;
    result += message.front();
    message.remove_prefix(1);
  }
  return result;
}

}  // namespace pinnace::base
