#include "versions/characters.hpp"
#include "versions/parts.hpp"
#include "versions/versions.hpp"

namespace pinnace::versions {

namespace {

bool is_separator(char c) noexcept {
  return !is_digit(c) && !is_letter(c) && c != '~' && c != '^';
}

bool takes(std::string_view& rest, char c) {
  if (!rest.starts_with(c)) return false;
  rest.remove_prefix(1);
  return true;
}

/// "~" is before the end of a text; "^" is behind it, and before what else may follow.
std::weak_ordering compare_sign(std::string_view& a, std::string_view& b) {
  const bool left_tilde = takes(a, '~');
  const bool right_tilde = takes(b, '~');
  if (left_tilde != right_tilde) return right_tilde <=> left_tilde;
  if (left_tilde) return std::weak_ordering::equivalent;
  const bool left_caret = takes(a, '^');
  const bool right_caret = takes(b, '^');
  if (left_caret == right_caret) return std::weak_ordering::equivalent;
  if (left_caret) return b.empty() ? std::weak_ordering::greater : std::weak_ordering::less;
  return a.empty() ? std::weak_ordering::less : std::weak_ordering::greater;
}

/// Numbers are newer than letters.
std::weak_ordering compare_segment(std::string_view& a, std::string_view& b) {
  const bool is_numeric = is_digit(a.front());
  const auto left = take_while(a, is_numeric ? is_digit : is_letter);
  const auto right = take_while(b, is_numeric ? is_digit : is_letter);
  if (right.empty()) return is_numeric ? std::weak_ordering::greater : std::weak_ordering::less;
  if (is_numeric) return compare_numbers(left, right);
  return left <=> right;
}

bool has_sign(std::string_view text) {
  return text.starts_with('~') || text.starts_with('^');
}

std::weak_ordering compare_part(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    take_while(a, is_separator);
    take_while(b, is_separator);
    if (has_sign(a) || has_sign(b)) {
      if (const auto order = compare_sign(a, b); order != 0) return order;
      continue;
    }
    if (a.empty() || b.empty()) break;
    if (const auto order = compare_segment(a, b); order != 0) return order;
  }
  return !a.empty() <=> !b.empty();
}

}  // namespace

std::weak_ordering compare_rpm(std::string_view a, std::string_view b) {
  return compare_parts(a, b, is_number, compare_part);
}

}  // namespace pinnace::versions
