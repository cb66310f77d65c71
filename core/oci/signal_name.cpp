#include "oci/signal_name.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

namespace pinnace::oci {

namespace {

/// signal(7), and as other container tools have it, whatever the machine
constexpr std::array<std::pair<std::string_view, int>, 36> k_names = {
    {{"ABRT", 6},    {"ALRM", 14},   {"BUS", 7},   {"CHLD", 17}, {"CLD", 17},   {"CONT", 18},
     {"FPE", 8},     {"HUP", 1},     {"ILL", 4},   {"INT", 2},   {"IO", 29},    {"IOT", 6},
     {"KILL", 9},    {"PIPE", 13},   {"POLL", 29}, {"PROF", 27}, {"PWR", 30},   {"QUIT", 3},
     {"SEGV", 11},   {"STKFLT", 16}, {"STOP", 19}, {"SYS", 31},  {"TERM", 15},  {"TRAP", 5},
     {"TSTP", 20},   {"TTIN", 21},   {"TTOU", 22}, {"URG", 23},  {"USR1", 10},  {"USR2", 12},
     {"VTALRM", 26}, {"WINCH", 28},  {"XCPU", 24}, {"XFSZ", 25}, {"RTMIN", 34}, {"RTMAX", 64}}};

std::optional<int> number(std::string_view text) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || stop != end) return std::nullopt;
  return value;
}

/// `text` as a number within bounds.
std::optional<int> number(std::string_view text, int least, int most) {
  const std::optional<int> value = number(text);
  return value && *value >= least && *value <= most ? value : std::nullopt;
}

}  // namespace

std::optional<int> signal_number(std::string_view text) {
  if (!text.starts_with("SIG")) return number(text, 1, 64);
  const std::string_view name = text.substr(3);
  if (name.starts_with("RTMIN+")) {
    const auto more = number(name.substr(6), 1, 15);
    return more ? std::optional(34 + *more) : std::nullopt;
  }
  if (name.starts_with("RTMAX-")) {
    const auto less = number(name.substr(6), 1, 14);
    return less ? std::optional(64 - *less) : std::nullopt;
  }
  const auto* found = std::find_if(k_names.begin(), k_names.end(),
                                   [&](const auto& one) { return one.first == name; });
  return found == k_names.end() ? std::nullopt : std::optional(found->second);
}

bool is_signal(std::string_view text) {
  return signal_number(text).has_value();
}

int stop_signal(std::string_view text) {
  constexpr int k_usual = 15;
  if (const auto known = signal_number(text)) return *known;
  return signal_number("SIG" + std::string(text)).value_or(k_usual);
}

}  // namespace pinnace::oci
