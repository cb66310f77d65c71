#include "sandbox/runtime/deliver_signal.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.hpp"
#include "files/file.hpp"

namespace pinnace::sandbox {

namespace {

constexpr std::size_t k_max_status = std::size_t{64} << 10;

/// A set of signals, "SigCgt:\t0000000180014a07": bit 0 is signal 1. nullopt: none is
/// said.
std::optional<std::uint64_t> signals_of(std::string_view status, std::string_view field) {
  const std::size_t at = status.find(field);
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t start = status.find_first_not_of(":\t ", at + field.size());
  if (start == std::string_view::npos) return std::nullopt;
  std::uint64_t set = 0;
  std::from_chars(status.data() + start, status.data() + status.size(), set, 16);
  return set;
}

bool ends_processes(int signal) {
  constexpr std::array k_others = {SIGCHLD, SIGCONT, SIGURG,  SIGWINCH,
                                   SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};
  return std::find(k_others.begin(), k_others.end(), signal) == k_others.end();
}

}  // namespace

bool would_be_dropped(const std::string& status, int signal) {
  if (!ends_processes(signal)) return false;
  std::uint64_t cared_for = 0;
  for (const char* field : {"SigBlk", "SigIgn", "SigCgt"}) {
    const auto signals = signals_of(status, field);
    if (!signals) return false;
    cared_for |= *signals;
  }
  return (cared_for >> (signal - 1) & 1) == 0;
}

void deliver_signal(pid_t process, int signal) {
  const std::string file = "/proc/" + std::to_string(process) + "/status";
  std::string status;
  try {
    status = files::read_file(file, k_max_status);
  } catch (const base::Error&) {  // NOLINT(bugprone-empty-catch): who has time to end has it
  }
  // One that has ended needs none.
  ::kill(process, would_be_dropped(status, signal) ? SIGKILL : signal);
}

}  // namespace pinnace::sandbox
