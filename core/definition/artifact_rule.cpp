#include "definition/artifact_rule.hpp"

#include <algorithm>
#include <charconv>

#include "base/quote.hpp"
#include "text/glob.hpp"
#include "text/path.hpp"

namespace pinnace::definition {

using base::quote;
using text::Glob;
using yaml::Node;

namespace {

/// Three or four octal digits, "0o" in front allowed. In quotes or not: the text counts, so that
/// YAML's ways with 0644 don't matter.
unsigned read_mode(const Node& node) {
  std::string written = node.text();
  std::string_view digits = written;
  if (digits.starts_with("0o")) digits.remove_prefix(2);
  const bool valid =
      (digits.size() == 3 || digits.size() == 4) &&
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '7'; });
  if (!valid) {
    node.fail("expected a mode of three or four octal digits, as \"0644\", found " +
              quote(written));
  }
  unsigned mode = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), mode, 8);
  return mode;
}

/// 4294967295 means "no change" to chown(2), so no file can be owned by it.
std::optional<std::uint32_t> parse_id(std::string_view text) {
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  const bool valid = error == std::errc() && end == text.data() + text.size() && id != UINT32_MAX;
  return valid ? std::optional(id) : std::nullopt;
}

Owner read_owner(const Node& node) {
  const std::string written = node.text();
  const std::size_t colon = written.find(':');
  const std::optional<std::uint32_t> uid = parse_id(std::string_view(written).substr(0, colon));
  const std::optional<std::uint32_t> gid =
      colon == std::string::npos ? uid : parse_id(std::string_view(written).substr(colon + 1));
  if (!uid || !gid) {
    node.fail(
        "expected an owner in numbers, as \"1000:1000\" (names mean different numbers in "
        "different images), found " +
        quote(written));
  }
  return {*uid, *gid};
}

/// Escapes stay, so that it can be told later whether it is a glob; but they must not hide a "..".
std::string read_from(const Node& node) {
  static constexpr std::string_view k_what = "from";
  node.name();
  return node.convert([](const std::string& text) {
    std::string path = text::relative_path(text, k_what);
    const Glob checked(path);
    const std::string plain = Glob::unescape(path);
    if (text::relative_path(plain, k_what) != plain) {
      throw base::Error(base::ErrorCode::invalid_input,
                        "from " + quote(text) + ": a segment \".\" must not be escaped");
    }
    return path;
  });
}

std::string read_to(const Node& node) {
  node.name();
  return node.convert([](const std::string& text) { return text::absolute_path(text, "to"); });
}

std::string join(const std::string& folder, std::string_view name) {
  if (name.empty()) return folder;
  return (folder == "/" ? folder : folder + "/") + std::string(name);
}

}  // namespace

ArtifactRule read_artifact(const Node& node) {
  node.only({"from", "to", "mode", "directory-mode", "owner"});
  ArtifactRule rule;
  rule.position = node.position();
  rule.from = read_from(node.get("from"));
  const Node to = node.get("to");
  rule.to = read_to(to);
  rule.to_directory = to.text().ends_with('/');
  if (const auto mode = node.find("mode")) rule.mode = read_mode(*mode);
  if (const auto mode = node.find("directory-mode")) rule.directory_mode = read_mode(*mode);
  if (const auto owner = node.find("owner")) rule.owner = read_owner(*owner);
  return rule;
}

bool ArtifactRule::is_glob() const {
  return Glob::is_pattern(from);
}

std::string destination(const ArtifactRule& rule, std::string_view source, bool is_directory) {
  if (rule.is_glob()) {
    const std::string prefix = Glob(rule.from).literal_prefix();
    if (!prefix.empty()) source.remove_prefix(std::min(source.size(), prefix.size() + 1));
    return join(rule.to, source);
  }
  if (is_directory || !rule.to_directory) return rule.to;
  const std::size_t slash = source.rfind('/');
  return join(rule.to, slash == std::string_view::npos ? source : source.substr(slash + 1));
}

}  // namespace pinnace::definition
