#include "oci/platform.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <charconv>
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
  if (platform.architecture == "arm64" && variant.ends_with(".0"))
    variant.resize(variant.size() - 2);
  if (platform.architecture == "arm64" && variant == "v8") variant.clear();
  if (platform.architecture == "amd64" && variant == "v1") variant.clear();
  if (platform.architecture == "arm" && variant.empty()) variant = "v7";
}

/// A variant that is a level: a processor of one level runs all code of lower ones. "v8.2" -> 8, 2.
struct Level {
  int major = 0;
  int minor = 0;
  auto operator<=>(const Level&) const = default;
};

/// nullopt where variants are no levels, or this one is none.
std::optional<Level> level_of(const Platform& platform) {
  const std::string& architecture = platform.architecture;
  if (architecture != "arm" && architecture != "arm64" && architecture != "amd64")
    return std::nullopt;
  if (platform.variant.empty()) return Level{architecture == "arm64" ? 8 : 1, 0};
  std::string_view text = platform.variant;
  if (text.size() < 2 || text[0] != 'v') return std::nullopt;
  text.remove_prefix(1);
  Level level;
  const char* const end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, level.major);
  if (major.ec != std::errc() || level.major < 1 || level.major > 99) return std::nullopt;
  if (major.ptr == end) return level;
  const auto minor = std::from_chars(major.ptr + 1, end, level.minor);
  const bool good = *major.ptr == '.' && minor.ec == std::errc() && minor.ptr == end;
  return good && level.minor >= 0 && level.minor <= 99 ? std::optional(level) : std::nullopt;
}

/// arm64 v9.0 has all that v8.5 has, v9.1 what v8.6 has, and so on (Arm ARM, A2.3).
bool runs(const Level& processor, const Level& code) {
  if (processor.major == code.major) return code.minor <= processor.minor;
  if (processor.major == 9 && code.major == 8) return code.minor <= processor.minor + 5;
  return code.major < processor.major;
}

/// Whether "10.0.17763.4377" is of the versions "10.0.17763".
bool is_version_of(std::string_view version, std::string_view wish) {
  return version == wish || (version.starts_with(wish) && version.substr(wish.size())[0] == '.');
}

/// By components, as numbers: 10.0.9 is older than 10.0.17763.
bool is_older(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const std::string_view left = a.substr(0, a.find('.'));
    const std::string_view right = b.substr(0, b.find('.'));
    if (left != right)
      return left.size() != right.size() ? left.size() < right.size() : left < right;
    a.remove_prefix(std::min(a.size(), left.size() + 1));
    b.remove_prefix(std::min(b.size(), right.size() + 1));
  }
  return false;
}

/// Both normalised. Attestations stand in an index as images for "unknown/unknown".
bool serves(const Platform& wish, const Platform& have) {
  if (wish.os != have.os || wish.architecture != have.architecture) return false;
  if (wish.os == "unknown") return false;
  if (!wish.os_version.empty() && !is_version_of(have.os_version, wish.os_version)) return false;
  if (wish.variant == have.variant) return true;
  const auto processor = level_of(wish);
  const auto code = level_of(have);
  return processor && code && runs(*processor, *code);
}

/// Whether of two that serve `wish` the first is to be taken instead of the second.
bool is_better(const Platform& wish, const Platform& a, const Platform& b) {
  const Level left = level_of(a).value_or(Level{});
  const Level right = level_of(b).value_or(Level{});
  if (left != right) return left > right;
  if (a.os_version == b.os_version) return false;
  if (b.os_version == wish.os_version) return false;
  return a.os_version == wish.os_version || is_older(b.os_version, a.os_version);
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
  platform = platform.normalized();
  const bool variant_ok = platform.variant.empty() || is_word(platform.variant);
  if (!is_word(platform.os) || !is_word(platform.architecture) || !variant_ok) fail(text);
  return platform;
}

Platform Platform::host() {
  utsname names{};
  if (::uname(&names) != 0) throw Error(ErrorCode::internal, "uname failed");
  return Platform{names.sysname, names.machine, "", ""}.normalized();
}

std::string Platform::str() const {
  std::string text = os;
  if (!os_version.empty()) text += "(" + os_version + ")";
  text += "/" + architecture;
  if (!variant.empty()) text += "/" + variant;
  return text;
}

/// containerd, platforms/database.go.
Platform Platform::normalized() const {
  Platform platform{lower(os), lower(architecture), lower(variant), os_version};
  if (platform.os == "macos") platform.os = "darwin";
  for (const Alias& alias : k_aliases) {
    if (platform.architecture != alias.name) continue;
    platform.architecture = alias.architecture;
    if (platform.variant.empty()) platform.variant = alias.variant;
    break;
  }
  normalize_variant(platform);
  return platform;
}

std::optional<std::size_t> choose_platform(const Platform& wish,
                                           std::span<const Platform> offered) {
  const Platform want = wish.normalized();
  std::optional<std::size_t> best;
  Platform best_platform;
  for (std::size_t i = 0; i < offered.size(); ++i) {
    Platform have = offered[i].normalized();
    if (!serves(want, have) || (best && !is_better(want, have, best_platform))) continue;
    best = i;
    best_platform = std::move(have);
  }
  return best;
}

}  // namespace pinnace::oci
