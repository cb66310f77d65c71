#include "text/ignore.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "text/path.hpp"

namespace pinnace::text {

namespace {

constexpr std::size_t k_max_bytes = std::size_t{1} << 20;
constexpr std::size_t k_max_rules = 10'000;

/// Unicode's, in UTF-8: who copies a line from a web page gets others than ASCII's.
constexpr std::array<std::string_view, 25> k_spaces = {" ",
                                                       "\t",
                                                       "\r",
                                                       "\n",
                                                       "\v",
                                                       "\f",
                                                       "\xC2\x85",
                                                       "\xC2\xA0",
                                                       "\xE1\x9A\x80",
                                                       "\xE2\x80\x80",
                                                       "\xE2\x80\x81",
                                                       "\xE2\x80\x82",
                                                       "\xE2\x80\x83",
                                                       "\xE2\x80\x84",
                                                       "\xE2\x80\x85",
                                                       "\xE2\x80\x86",
                                                       "\xE2\x80\x87",
                                                       "\xE2\x80\x88",
                                                       "\xE2\x80\x89",
                                                       "\xE2\x80\x8A",
                                                       "\xE2\x80\xA8",
                                                       "\xE2\x80\xA9",
                                                       "\xE2\x80\xAF",
                                                       "\xE2\x81\x9F",
                                                       "\xE3\x80\x80"};

/// As strings.TrimSpace of Go has it.
std::string_view trim(std::string_view text) {
  const auto take = [&](auto is_there, auto remove) {
    const auto space = std::find_if(k_spaces.begin(), k_spaces.end(), is_there);
    if (space != k_spaces.end()) remove(space->size());
    return space != k_spaces.end();
  };
  while (take([&](std::string_view space) { return text.starts_with(space); },
              [&](std::size_t size) { text.remove_prefix(size); })) {
  }
  while (take([&](std::string_view space) { return text.ends_with(space); },
              [&](std::size_t size) { text.remove_suffix(size); })) {
  }
  return text;
}

/// Clean, relative to the root. moby trims a second time: "/ a" and "a /" are both "a".
std::string normalize(std::string_view rule) {
  std::string pattern = clean_path(rule);
  if (pattern.size() > 1 && pattern.front() == '/') pattern.erase(0, 1);
  const std::string_view trimmed = trim(pattern);
  return trimmed.empty() ? std::string() : clean_path(trimmed);
}

/// The segments before the first one with a special character.
std::string literal_segments(const std::string& pattern) {
  const std::size_t special = pattern.find_first_of("*?[\\");
  if (special == std::string::npos) return pattern;
  const std::size_t slash = pattern.substr(0, special).rfind('/');
  return slash == std::string::npos ? "" : pattern.substr(0, slash);
}

bool is_within(std::string_view path, std::string_view folder) {
  return folder.empty() || path == folder ||
         (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

[[noreturn]] void refuse(const std::string& file, std::size_t line, const std::string& message) {
  throw base::Error(base::ErrorCode::invalid_input,
                    file + ":" + std::to_string(line) + ": " + message);
}

}  // namespace

Ignore Ignore::parse(std::string_view text, const std::string& file) {
  Ignore ignore;
  if (text.size() > k_max_bytes) {
    throw base::Error(base::ErrorCode::invalid_input, file + ": larger than 1 MiB");
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::string_view raw = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), raw.size() + 1));
    if (raw.find('\0') != std::string_view::npos)
      refuse(file, line, "a zero byte, expected text in UTF-8 (PowerShell: -Encoding utf8)");
    if (raw.starts_with('#')) continue;
    std::string_view rule = trim(raw);
    if (rule.empty()) continue;
    if (rule.find('\r') != std::string_view::npos)
      refuse(file, line,
             "a carriage return within a line, expected lines that end with line feeds");
    const bool keeps = rule.front() == '!';
    if (keeps) rule = trim(rule.substr(1));
    if (rule.empty()) refuse(file, line, "\"!\" without a pattern");
    const std::string pattern = normalize(rule);
    if (pattern.empty()) continue;
    if (keeps && pattern == "/")
      refuse(file, line, "\"!/\" takes nothing back, expected a pattern");
    if (ignore.m_rules.size() == k_max_rules) {
      refuse(file, line, "more than " + std::to_string(k_max_rules) + " rules");
    }
    try {
      ignore.m_rules.push_back(
          {Pattern(pattern, Pattern::Dialect::ignore), keeps, literal_segments(pattern)});
    } catch (const base::Error& error) {
      refuse(file, line, error.message());
    }
  }
  return ignore;
}

bool Ignore::is_left_out(std::string_view path) const {
  return std::any_of(m_left_out.begin(), m_left_out.end(),
                     [&](const std::string& folder) { return is_within(path, folder); });
}

bool Ignore::ignores(std::string_view path) const {
  if (is_left_out(path)) return true;
  bool ignored = false;
  for (const Rule& rule : m_rules) {
    if (rule.keeps == ignored && rule.pattern.matches_with_parents(path)) ignored = !rule.keeps;
  }
  return ignored;
}

bool Ignore::may_keep_below(std::string_view path) const {
  if (!ignores(path)) return true;
  if (is_left_out(path)) return false;
  return std::any_of(m_rules.begin(), m_rules.end(), [&](const Rule& rule) {
    return rule.keeps &&
           (is_within(path, rule.literal_prefix) || is_within(rule.literal_prefix, path));
  });
}

}  // namespace pinnace::text
