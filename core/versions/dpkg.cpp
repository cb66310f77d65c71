#include "versions/characters.hpp"
#include "versions/parts.hpp"
#include "versions/versions.hpp"

namespace pinnace::versions {

namespace {

/// "~" is before the end of a text, letters are before all else.
int order_of(std::string_view text) noexcept {
  if (text.empty() || is_digit(text.front())) return 0;
  const char c = text.front();
  if (c == '~') return -1;
  return is_letter(c) ? c : static_cast<unsigned char>(c) + 256;
}

std::weak_ordering compare_part(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    while ((!a.empty() && !is_digit(a.front())) || (!b.empty() && !is_digit(b.front()))) {
      const auto order = order_of(a) <=> order_of(b);
      if (order != 0) return order;
      if (!a.empty()) a.remove_prefix(1);
      if (!b.empty()) b.remove_prefix(1);
    }
    const auto order = compare_numbers(take_while(a, is_digit), take_while(b, is_digit));
    if (order != 0) return order;
  }
  return std::weak_ordering::equivalent;
}

}  // namespace

std::weak_ordering compare_dpkg(std::string_view a, std::string_view b) {
  // Whatever is before the first colon is an epoch.
  return compare_parts(
      a, b, [](std::string_view) { return true; }, compare_part);
}

}  // namespace pinnace::versions
