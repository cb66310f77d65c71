#include "versions/characters.hpp"
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

struct Parts {
  std::string_view epoch;
  std::string_view upstream;
  std::string_view revision;
};

Parts parts_of(std::string_view version) {
  Parts parts;
  if (const std::size_t colon = version.find(':'); colon != std::string_view::npos) {
    parts.epoch = version.substr(0, colon);
    version.remove_prefix(colon + 1);
  }
  const std::size_t dash = std::min(version.rfind('-'), version.size());
  parts.upstream = version.substr(0, dash);
  parts.revision = version.substr(std::min(dash + 1, version.size()));
  return parts;
}

}  // namespace

std::weak_ordering compare_dpkg(std::string_view a, std::string_view b) {
  const Parts left = parts_of(a);
  const Parts right = parts_of(b);
  if (const auto order = compare_numbers(left.epoch, right.epoch); order != 0) return order;
  if (const auto order = compare_part(left.upstream, right.upstream); order != 0) return order;
  return compare_part(left.revision, right.revision);
}

}  // namespace pinnace::versions
