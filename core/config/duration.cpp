#include <charconv>
#include <cstdint>

#include "base/error.hpp"
#include "base/quote.hpp"
#include "config/environments.hpp"

namespace pinnace::config {

namespace {

constexpr std::int64_t k_longest = std::int64_t{10} * 365 * 24 * 3600;

/// Seconds in one of `unit`; 0 if there is no such unit.
std::int64_t unit_seconds(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86400;
    default:
      return 0;
  }
}

[[noreturn]] void refuse(std::string_view text) {
  throw base::Error(base::ErrorCode::invalid_input,
                    "expected a duration such as 30m, 24h, 7d or 1h30m, at most ten years, found " +
                        base::quote(text));
}

}  // namespace

std::chrono::seconds parse_duration(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  std::int64_t total = 0;
  std::int64_t last_unit = k_longest;
  if (text.empty()) refuse(text);
  while (at != end) {
    std::uint32_t number = 0;
    const auto [rest, error] = std::from_chars(at, end, number);
    const std::int64_t unit = error == std::errc() && rest != end ? unit_seconds(*rest) : 0;
    // Each unit once, the larger one first: "30m1h" and "1h1h" are slips.
    if (unit == 0 || unit >= last_unit) refuse(text);
    total += number * unit;
    if (total > k_longest) refuse(text);
    last_unit = unit;
    at = rest + 1;
  }
  return std::chrono::seconds(total);
}

}  // namespace pinnace::config
