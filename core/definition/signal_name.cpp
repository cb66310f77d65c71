#include "definition/signal_name.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace pinnace::definition {

namespace {

constexpr std::array<std::string_view, 36> k_names = {
    "ABRT", "ALRM",   "BUS",  "CHLD",   "CLD",   "CONT", "FPE",  "HUP",   "ILL",
    "INT",  "IO",     "IOT",  "KILL",   "PIPE",  "POLL", "PROF", "PWR",   "QUIT",
    "SEGV", "STKFLT", "STOP", "SYS",    "TERM",  "TRAP", "TSTP", "TTIN",  "TTOU",
    "URG",  "USR1",   "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX"};

std::optional<int> number(std::string_view text) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return value;
}

bool is_between(std::optional<int> value, int least, int most) {
  return value && *value >= least && *value <= most;
}

}  // namespace

bool is_signal(std::string_view text) {
  if (!text.starts_with("SIG")) return is_between(number(text), 1, 64);
  const std::string_view name = text.substr(3);
  if (name.starts_with("RTMIN+")) return is_between(number(name.substr(6)), 1, 15);
  if (name.starts_with("RTMAX-")) return is_between(number(name.substr(6)), 1, 14);
  return std::find(k_names.begin(), k_names.end(), name) != k_names.end();
}

}  // namespace pinnace::definition
