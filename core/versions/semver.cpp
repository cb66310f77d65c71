#include "versions/characters.hpp"
#include "versions/versions.hpp"

namespace pinnace::versions {

namespace {

/// Takes what is before the next dot, and the dot.
std::string_view take_identifier(std::string_view& rest) {
  const std::string_view taken = rest.substr(0, rest.find('.'));
  rest.remove_prefix(std::min(taken.size() + 1, rest.size()));
  return taken;
}

/// Numbers are before words.
std::weak_ordering compare_identifiers(std::string_view a, std::string_view b) {
  const bool left = is_number(a);
  const bool right = is_number(b);
  if (left != right) return right <=> left;
  return left ? compare_numbers(a, b) : std::weak_ordering(a <=> b);
}

/// Components that are not there are 0.
std::weak_ordering compare_core(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const std::string_view left = a.empty() ? "0" : take_identifier(a);
    const std::string_view right = b.empty() ? "0" : take_identifier(b);
    if (const auto order = compare_identifiers(left, right); order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

/// A release is behind what led to it.
std::weak_ordering compare_pre_release(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.empty() <=> b.empty();
  while (!a.empty() && !b.empty()) {
    const auto order = compare_identifiers(take_identifier(a), take_identifier(b));
    if (order != 0) return order;
  }
  return !a.empty() <=> !b.empty();
}

struct Parts {
  std::string_view core;
  std::string_view pre_release;
};

Parts parts_of(std::string_view text) {
  if (text.size() > 1 && text.front() == 'v' && is_digit(text[1])) text.remove_prefix(1);
  text = text.substr(0, text.find('+'));
  const std::size_t dash = std::min(text.find('-'), text.size());
  return {text.substr(0, dash), text.substr(std::min(dash + 1, text.size()))};
}

}  // namespace

std::weak_ordering compare_semver(std::string_view a, std::string_view b) {
  const Parts left = parts_of(a);
  const Parts right = parts_of(b);
  if (const auto order = compare_core(left.core, right.core); order != 0) return order;
  return compare_pre_release(left.pre_release, right.pre_release);
}

}  // namespace pinnace::versions
