#include "text/glob.hpp"

#include <algorithm>

namespace pinnace::text {

namespace {

/// The first unescaped "*", "?" or "[".
std::size_t first_special(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '*' || text[at] == '?' || text[at] == '[') {
      return at;
    }
  }
  return std::string_view::npos;
}

std::string literal_folder(std::string_view pattern) {
  const std::size_t special = std::min(first_special(pattern), pattern.size());
  const std::size_t slash = pattern.substr(0, special).rfind('/');
  return slash == std::string_view::npos ? "" : Glob::unescape(pattern.substr(0, slash));
}

}  // namespace

Glob::Glob(std::string_view pattern)
    : m_pattern(pattern, Pattern::Dialect::glob), m_prefix(literal_folder(pattern)) {}

bool Glob::is_pattern(std::string_view text) noexcept {
  return first_special(text) != std::string_view::npos;
}

std::string Glob::unescape(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    plain += text[at];
  }
  return plain;
}

std::string Glob::escape(std::string_view text) {
  std::string pattern;
  for (const char character : text) {
    if (std::string_view("*?[\\").find(character) != std::string_view::npos) pattern += '\\';
    pattern += character;
  }
  return pattern;
}

std::string glob_of_copy(std::string_view pattern) {
  std::string glob;
  for (std::size_t at = 0; at < pattern.size(); ++at) {
    if (pattern.substr(at).starts_with("**")) continue;
    glob += pattern[at];
    if (pattern[at] == '\\' && at + 1 < pattern.size()) glob += pattern[++at];
  }
  return glob;
}

}  // namespace pinnace::text
