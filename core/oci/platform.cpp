#include "oci/platform.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace pinnace::oci {

using base::Error;
using base::ErrorCode;

namespace {

[[noreturn]] void fail(std::string_view text) {
  throw Error(ErrorCode::invalid_input,
              "invalid platform \"" + std::string(text.substr(0, 100)) +
                  "\", expected os/architecture[/variant], for example linux/amd64");
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

bool is_word(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), allowed);
}

struct Alias {
  std::string_view name;
  std::string_view architecture;
  std::string_view variant;  ///< what the name implies, where nothing else is said
};

constexpr std::array<Alias, 9> k_aliases = {{{"x86_64", "amd64", ""},
                                             {"x86-64", "amd64", ""},
                                             {"aarch64", "arm64", ""},
                                             {"armhf", "arm", "v7"},
                                             {"armel", "arm", "v6"},
                                             {"armv7l", "arm", "v7"},
                                             {"armv6l", "arm", "v6"},
                                             {"i386", "386", ""},
                                             {"i686", "386", ""}}};

void normalize_variant(Platform& platform) {
  std::string& variant = platform.variant;
  const bool arm = platform.architecture == "arm" || platform.architecture == "arm64";
  if (arm && variant.size() == 1 && variant[0] >= '5' && variant[0] <= '9') variant.insert(0, "v");
  if (platform.architecture == "arm64" && variant == "v8") variant.clear();
  if (platform.architecture == "amd64" && variant == "v1") variant.clear();
  if (platform.architecture == "arm" && variant.empty()) variant = "v7";
}

/// One name for each platform (containerd, platforms/database.go).
Platform normalized(Platform platform) {
  platform.os = lower(platform.os);
  if (platform.os == "macos") platform.os = "darwin";
  platform.architecture = lower(platform.architecture);
  platform.variant = lower(platform.variant);
  for (const Alias& alias : k_aliases) {
    if (platform.architecture != alias.name) continue;
    platform.architecture = alias.architecture;
    if (platform.variant.empty()) platform.variant = alias.variant;
    break;
  }
  normalize_variant(platform);
  return platform;
}

/// "v7" -> 7; 0 for what is no such variant.
int level(const Platform& platform) {
  const std::string& variant = platform.variant;
  if (variant.empty()) return platform.architecture == "arm64" ? 8 : 1;
  if (variant.size() != 2 || variant[0] != 'v' || variant[1] < '1' || variant[1] > '9') return 0;
  return variant[1] - '0';
}

/// Architectures whose variants are levels: a processor of one level runs all code of lower ones.
bool has_levels(const std::string& architecture) {
  return architecture == "arm" || architecture == "arm64" || architecture == "amd64";
}

}  // namespace

Platform Platform::parse(std::string_view text) {
  std::array<std::string_view, 3> parts;
  std::size_t count = 0;
  for (std::string_view rest = text;; ++count) {
    if (count == parts.size()) fail(text);
    const std::size_t slash = rest.find('/');
    parts[count] = rest.substr(0, slash);
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (count == 0 || (count == 2 && parts[2].empty())) fail(text);
  Platform platform;
  // "windows(10.0.17763)", as containerd writes the version.
  if (const std::size_t open = parts[0].find('('); open != std::string_view::npos) {
    if (parts[0].back() != ')') fail(text);
    platform.os_version = parts[0].substr(open + 1, parts[0].size() - open - 2);
    if (!is_word(lower(platform.os_version))) fail(text);
    parts[0] = parts[0].substr(0, open);
  }
  platform.os = parts[0];
  platform.architecture = parts[1];
  platform.variant = parts[2];
  platform = normalized(std::move(platform));
  const bool variant_ok = platform.variant.empty() || is_word(platform.variant);
  if (!is_word(platform.os) || !is_word(platform.architecture) || !variant_ok) fail(text);
  return platform;
}

Platform Platform::host() {
  utsname names{};
  if (::uname(&names) != 0) throw Error(ErrorCode::internal, "uname failed");
  return normalized({names.sysname, names.machine, "", ""});
}

std::string Platform::str() const {
  std::string text = os;
  if (!os_version.empty()) text += "(" + os_version + ")";
  text += "/" + architecture;
  if (!variant.empty()) text += "/" + variant;
  return text;
}

bool Platform::matches(const Platform& offered) const {
  const Platform wish = normalized(*this);
  const Platform have = normalized(offered);
  if (wish.os != have.os || wish.architecture != have.architecture) return false;
  if (!wish.os_version.empty() && wish.os_version != have.os_version) return false;
  if (wish.variant == have.variant) return true;
  if (!has_levels(wish.architecture)) return false;
  const int need = level(have);
  return need != 0 && need <= level(wish);
}

}  // namespace pinnace::oci
