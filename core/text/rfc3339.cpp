#include "text/rfc3339.hpp"

#include <array>
#include <charconv>
#include <cstdio>

#include "base/error.hpp"

namespace pinnace::text {

namespace {

/// The number of exactly `size` digits at `at`; -1 if there is none.
int number(std::string_view text, std::size_t at, std::size_t size) {
  if (at + size > text.size()) return -1;
  int value = -1;
  const char* first = text.data() + at;
  const auto [end, error] = std::from_chars(first, first + size, value);
  return error == std::errc() && end == first + size && value >= 0 ? value : -1;
}

/// Minutes east of UTC; nullopt if `text` is no zone.
std::optional<std::chrono::minutes> zone(std::string_view text) {
  if (text == "Z" || text == "z") return std::chrono::minutes(0);
  const int hours = number(text, 1, 2);
  const int minutes = number(text, 4, 2);
  if (text.size() != 6 || text[3] != ':' || hours < 0 || minutes < 0) return std::nullopt;
  if (text[0] != '+' && text[0] != '-') return std::nullopt;
  const std::chrono::minutes offset(hours * 60 + minutes);
  return text[0] == '-' ? -offset : offset;
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  if (text[10] != 'T' && text[10] != 't') return std::nullopt;
  const int clock[] = {number(text, 11, 2), number(text, 14, 2), number(text, 17, 2)};
  const int y = number(text, 0, 4);
  const int m = number(text, 5, 2);
  const int d = number(text, 8, 2);
  if (y < 0 || m < 0 || d < 0 || clock[0] < 0 || clock[1] < 0 || clock[2] < 0) return std::nullopt;
  const year_month_day date(year(y), month(static_cast<unsigned>(m)),
                            day(static_cast<unsigned>(d)));
  // Years that the clock has nanoseconds for.
  if (!date.ok() || y < 1700 || y > 2200 || clock[0] > 23 || clock[1] > 59 || clock[2] > 60)
    return std::nullopt;
  std::string_view rest = text.substr(19);
  if (rest.front() == '.') {
    rest.remove_prefix(std::min(rest.find_first_not_of("0123456789", 1), rest.size()));
  }
  const auto offset = zone(rest);
  if (!offset) return std::nullopt;
  return sys_days(date) + hours(clock[0]) + minutes(clock[1]) + seconds(clock[2]) - *offset;
}

std::string to_rfc3339(std::int64_t epoch_seconds) {
  if (epoch_seconds < -62'167'219'200 || epoch_seconds > 253'402'300'799) {
    throw base::Error(base::ErrorCode::invalid_input, "the time " + std::to_string(epoch_seconds) +
                                                          " is outside of the years 0 to 9999");
  }
  const std::chrono::sys_seconds time{std::chrono::seconds(epoch_seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

}  // namespace pinnace::text
