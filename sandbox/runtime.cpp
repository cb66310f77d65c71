#include "sandbox/runtime.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/error.hpp"
#include "sandbox/output.hpp"
#include "sandbox/system.hpp"

namespace pinnace::sandbox {

using base::UniqueFd;

namespace {

constexpr const char* k_name = "container";
constexpr int k_between_looks_ms = 10;

/// Passes on what can be had; false at the end.
bool pass_on(int fd, run::FrameType type) {
  std::array<char, 64 * 1024> buffer;
  const ssize_t size = ::read(fd, buffer.data(), buffer.size());
  if (size < 0 && errno == EINTR) return true;
  if (size < 0) base::throw_errno(errno, "read what the container says");
  if (size == 0) return false;
  send(type, std::string_view(buffer.data(), static_cast<std::size_t>(size)));
  return true;
}

/// Whether somebody in our network namespace, which is the container's, listens at a port: lines of
/// /proc/net/tcp with the local address "...:PORT" (hexadecimal) and the state 0A.
bool is_listening(std::uint16_t port) {
  std::array<char, 8> wanted{};
  std::snprintf(wanted.data(), wanted.size(), ":%04X", static_cast<unsigned>(port));
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream lines(table);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream fields(line);
      std::string number, local, remote, state;
      fields >> number >> local >> remote >> state;
      if (state == "0A" && local.ends_with(wanted.data())) return true;
    }
  }
  return false;
}

/// What the log file says: lines of JSON with "level" and "msg".
std::string read_refusal(const std::string& log) {
  std::string text;
  std::string lines;
  try {
    lines = base::read_file(log, std::size_t{1} << 20);
  } catch (const base::Error&) {
    return text;
  }
  while (!lines.empty()) {
    const std::string line = lines.substr(0, lines.find('\n'));
    lines.erase(0, line.size() + 1);
    const nlohmann::json entry = nlohmann::json::parse(line, nullptr, false);
    if (entry.is_object() && entry.value("level", "") == "error") text = entry.value("msg", "");
  }
  return text;
}

/// Whether the runtime got so far that the container's own program was started.
bool was_started(const Stage& stage) {
  return ::access((stage.base + "/pid").c_str(), F_OK) == 0;
}

}  // namespace

Outcome run_by_runtime(const Stage& stage, const std::string& runtime, const std::string& path,
                       const nlohmann::json& spec, std::uint16_t wait_port) {
  write_file(stage.bundle() + "/config.json", spec.dump());
  Pipe output = make_pipe();
  Pipe error = make_pipe();
  const std::string log = stage.base + "/log";
  Program program({runtime, "--root", stage.state(), "--log", log, "--log-format", "json", "run",
                   "--pid-file", stage.base + "/pid", "--bundle", stage.bundle(), k_name},
                  path, {-1, output.writing.get(), error.writing.get()});
  output.writing.reset();
  error.writing.reset();
  // Processes that the container left behind in the background hold the pipes: its end counts.
  const UniqueFd ended(
      static_cast<int>(require(::syscall(SYS_pidfd_open, program.pid(), 0), "watch the runtime")));
  std::array<pollfd, 3> fds = {pollfd{output.reading.get(), POLLIN, 0},
                               pollfd{error.reading.get(), POLLIN, 0},
                               pollfd{ended.get(), POLLIN, 0}};
  bool waits = wait_port != 0;
  if (!waits) send(run::FrameType::started, nlohmann::json::object());
  while (fds[0].fd >= 0 || fds[1].fd >= 0) {
    if (::poll(fds.data(), fds.size(), waits ? k_between_looks_ms : -1) < 0 && errno != EINTR)
      base::throw_errno(errno, "wait");
    if (waits && is_listening(wait_port)) {
      waits = false;
      send(run::FrameType::started, nlohmann::json::object());
    }
    const bool quiet = fds[0].revents == 0 && fds[1].revents == 0;
    if (fds[0].revents != 0 && !pass_on(fds[0].fd, run::FrameType::output)) fds[0].fd = -1;
    if (fds[1].revents != 0 && !pass_on(fds[1].fd, run::FrameType::error)) fds[1].fd = -1;
    if (quiet && fds[2].revents != 0) break;
  }
  Outcome outcome{program.wait(), {}};
  if (outcome.exit_code != 0 && !was_started(stage)) {
    outcome.refusal = read_refusal(log);
    if (outcome.refusal.empty()) outcome.refusal = "exit code " + std::to_string(outcome.exit_code);
  }
  return outcome;
}

}  // namespace pinnace::sandbox
