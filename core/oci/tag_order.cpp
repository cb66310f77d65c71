#include "oci/tag_order.hpp"

#include <algorithm>

namespace pinnace::oci {

namespace {

bool is_digit(char character) noexcept {
  return character >= '0' && character <= '9';
}

/// Takes the number that `text` begins with, without its leading zeros.
std::string_view take_number(std::string_view& text) noexcept {
  const auto end =
      static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
  std::string_view number = text.substr(0, end);
  text.remove_prefix(end);
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

}  // namespace

bool is_older_version(std::string_view a, std::string_view b) noexcept {
  std::string_view left = a;
  std::string_view right = b;
  while (!left.empty() && !right.empty()) {
    if (is_digit(left.front()) && is_digit(right.front())) {
      const std::string_view number = take_number(left);
      const std::string_view other = take_number(right);
      if (number.size() != other.size()) return number.size() < other.size();
      if (number != other) return number < other;
    } else {
      if (left.front() != right.front()) return left.front() < right.front();
      left.remove_prefix(1);
      right.remove_prefix(1);
    }
  }
  if (left.empty() != right.empty()) return left.empty();
  return a < b;
}

}  // namespace pinnace::oci
