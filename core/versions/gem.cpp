#include <string>
#include <vector>

#include "versions/characters.hpp"
#include "versions/versions.hpp"

namespace pinnace::versions {

namespace {

using Segments = std::vector<std::string_view>;

bool is_zero(std::string_view text) {
  return text.find_first_not_of('0') == std::string_view::npos;
}

void drop_zeros(Segments& segments) {
  while (!segments.empty() && is_zero(segments.back())) segments.pop_back();
}

/// Numbers and words in turn; zeros at the end, and before the first word, say nothing. "-" stands
/// for ".pre.".
Segments segments_of(std::string_view text) {
  Segments numbers;
  Segments words;
  while (!text.empty()) {
    const char c = text.front();
    Segments& to = words.empty() ? numbers : words;
    if (is_digit(c)) {
      to.push_back(take_while(text, is_digit));
    } else if (is_letter(c)) {
      words.push_back(take_while(text, is_letter));
    } else {
      text.remove_prefix(1);
      if (c == '-') words.emplace_back("pre");
    }
  }
  drop_zeros(numbers);
  drop_zeros(words);
  numbers.insert(numbers.end(), words.begin(), words.end());
  return numbers;
}

}  // namespace

std::weak_ordering compare_gem(std::string_view a, std::string_view b) {
  const Segments left = segments_of(a);
  const Segments right = segments_of(b);
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    const std::string_view one = i < left.size() ? left[i] : "0";
    const std::string_view other = i < right.size() ? right[i] : "0";
    const bool is_left = is_number(one);
    const bool is_right = is_number(other);
    if (is_left != is_right) return is_left <=> is_right;
    const auto order = is_left ? compare_numbers(one, other) : std::weak_ordering(one <=> other);
    if (order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

}  // namespace pinnace::versions
