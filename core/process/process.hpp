#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.hpp"
#include "process/environment.hpp"

namespace pinnace::process {

/// What a child and each process that it starts may have: bytes; 0: as much as we. They hold from
/// the moment on when the child runs, so that what it starts at once may have none.
struct Limits {
  std::uint64_t memory = 0;     ///< address space (RLIMIT_AS)
  std::uint64_t file_size = 0;  ///< a file that it writes (RLIMIT_FSIZE): more ends it by SIGXFSZ
};

/// A program to run, without a shell.
struct Command {
  /// The program, then its arguments. A program without "/" is looked up in PATH of `environment`.
  std::vector<std::string> arguments;
  /// All of the child's variables; nothing is inherited. Of PATH it gets what is absolute.
  Environment environment;
  /// Where the child starts; empty: where we are.
  std::filesystem::path directory;
  /// Its standard input, at most 1 MiB. Held in memory, never in a file or in argv.
  std::string input;
  /// More than this on standard output is an error.
  std::size_t output_limit = std::size_t{1} << 20;
  /// Gets standard output as it comes, without limit, and the result has none of it. What it throws
  /// ends the child.
  std::function<void(std::string_view)> on_output = {};
  /// Standard error is cut off here.
  std::size_t error_limit = std::size_t{64} << 10;
  std::chrono::milliseconds deadline = std::chrono::seconds(30);
  /// So long it may write nothing at all; 0: for ever.
  std::chrono::milliseconds silence{0};
  Limits limits = {};
};

/// How a child ended, and what it wrote.
struct Result {
  int exit_code = 0;  ///< 0 to 255; -1 if a signal ended it
  int signal = 0;     ///< the signal that ended it, 0 if it ended itself
  std::string output;
  std::string error;

  bool succeeded() const noexcept { return exit_code == 0; }
  /// "exit code 3" or "signal 9".
  std::string status() const;
};

/// The signal that ends who writes more than Limits allow to a file (SIGXFSZ).
extern const int k_file_limit_signal;

/// Runs `command` to its end. The child gets its own process group, default signal handling, an
/// empty signal mask, and no file descriptor of ours but 0, 1 and 2; no handler is installed here,
/// and only this child is waited for, so that it is safe beside a JVM. A stop request or the
/// deadline, or silence, ends the whole group: SIGTERM, and SIGKILL 500 ms later. Processes that
/// the child leaves behind when it ends by itself are left alone, and their output is not waited
/// for. Throws not_found (no such program), cancelled, unavailable (deadline, silence),
/// invalid_input (limits), io. Messages name the program but none of its arguments.
Result run(const base::Context& context, const Command& command);

}  // namespace pinnace::process
