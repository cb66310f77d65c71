#pragma once

#include <algorithm>
#include <compare>
#include <string_view>

/// What all orders of versions are made of; nothing depends on a locale.
namespace pinnace::versions {

inline bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
inline bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
inline char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
inline bool is_number(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// Takes the characters off the front of `rest` for which `is` holds.
template <class Is>
std::string_view take_while(std::string_view& rest, Is is) {
  const auto end = std::find_if_not(rest.begin(), rest.end(), is);
  const auto size = static_cast<std::size_t>(end - rest.begin());
  const std::string_view taken = rest.substr(0, size);
  rest.remove_prefix(size);
  return taken;
}

/// Numbers of any length; no digits are 0.
inline std::weak_ordering compare_numbers(std::string_view a, std::string_view b) {
  const auto is_zero = [](char c) { return c == '0'; };
  take_while(a, is_zero);
  take_while(b, is_zero);
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a <=> b;
}

}  // namespace pinnace::versions
