#include "sandbox/runtime/runtime.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "files/look.hpp"
#include "files/random_name.hpp"
#include "json/json.hpp"
#include "sandbox/runtime/control_group.hpp"
#include "sandbox/runtime/deliver_signal.hpp"
#include "sandbox/system/output.hpp"
#include "sandbox/system/system.hpp"

namespace pinnace::sandbox {

using files::UniqueFd;

namespace {

constexpr int k_between_looks_ms = 10;

constexpr std::size_t k_most_held = 64 * 1024;
constexpr std::size_t k_max_table = std::size_t{64} << 20;

/// Whether somebody in our network namespace, which is the container's, listens at a port.
bool is_listening(std::uint16_t port) {
  for (const char* file : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    if (listens(files::read_file_if_any(file, k_max_table).value_or(""), port)) return true;
  }
  return false;
}

std::string read_refusal(const std::string& log) {
  try {
    return refusal_in(files::read_file(log, std::size_t{1} << 20));
  } catch (const base::Error&) {
    return {};
  }
}

bool has_limits(const helper::HelperRequest& request) {
  return request.memory != 0 || request.milli_cpus != 0 || request.processes != 0;
}

/// The container's first process, once the runtime has started its own program; 0: not yet.
pid_t first_process(const Stage& stage) {
  pid_t pid = 0;
  std::ifstream(stage.base + "/pid") >> pid;
  return pid;
}

/// Passes on what a container writes and what is sent to it, until it has ended, also when it has
/// closed its output.
class Attendant {
 public:
  Attendant(const Stage& stage, const helper::HelperRequest& request)
      : m_stage(stage), m_has_limits(has_limits(request)), m_wait_port(request.wait_port) {}
  void attend(int output, int error, int ended);
  /// After that, if no program was started: what the runtime said, which is not passed on.
  std::string said_by_runtime() const;

 private:
  struct Said {
    helper::FrameType type;
    std::string text;
  };
  bool pass_on(int fd, helper::FrameType type);
  void take_signal(pollfd& input);
  void deliver();
  void look();
  void release();

  const Stage& m_stage;
  const bool m_has_limits;
  std::uint16_t m_wait_port;  ///< 0: nobody waits any more
  bool m_started = false;
  int m_signal = 0;          ///< to be delivered
  std::vector<Said> m_held;  ///< until it is known whose words these are
};

void Attendant::attend(int output, int error, int ended) {
  std::array<pollfd, 4> fds = {pollfd{output, POLLIN, 0}, pollfd{error, POLLIN, 0},
                               pollfd{ended, POLLIN, 0}, pollfd{STDIN_FILENO, POLLIN, 0}};
  for (;;) {
    const bool looks = !m_started || m_wait_port != 0 || m_signal != 0;
    if (::poll(fds.data(), fds.size(), looks ? k_between_looks_ms : -1) < 0 && errno != EINTR)
      base::throw_errno(errno, "wait");
    look();
    if (fds[3].revents != 0) take_signal(fds[3]);
    deliver();
    const bool quiet = fds[0].revents == 0 && fds[1].revents == 0;
    if (fds[0].revents != 0 && !pass_on(fds[0].fd, helper::FrameType::output)) fds[0].fd = -1;
    if (fds[1].revents != 0 && !pass_on(fds[1].fd, helper::FrameType::error)) fds[1].fd = -1;
    if (quiet && fds[2].revents != 0) break;
  }
  look();
}

/// Passes on what can be had; false at the end.
bool Attendant::pass_on(int fd, helper::FrameType type) {
  std::array<char, 64 * 1024> buffer;
  const ssize_t size = ::read(fd, buffer.data(), buffer.size());
  if (size < 0 && errno == EINTR) return true;
  if (size < 0) base::throw_errno(errno, "read what the container says");
  if (size == 0) return false;
  m_held.push_back({type, std::string(buffer.data(), static_cast<std::size_t>(size))});
  std::size_t held = 0;
  for (const Said& said : m_held) held += said.text.size();
  if (m_started || held > k_most_held) release();
  return true;
}

void Attendant::release() {
  for (const Said& said : std::exchange(m_held, {})) send(said.type, std::string_view(said.text));
}

std::string Attendant::said_by_runtime() const {
  std::string text;
  for (const Said& said : m_held) text += said.text;
  return text.substr(0, text.find_last_not_of('\n') + 1);
}

void Attendant::take_signal(pollfd& input) {
  unsigned char signal = 0;
  const ssize_t size = ::read(input.fd, &signal, 1);
  if (size < 0 && errno == EINTR) return;
  if (size == 1) m_signal = signal;
  if (size != 1) input.fd = -1;  // who started us ends us
}

void Attendant::deliver() {
  const pid_t process = m_signal != 0 ? first_process(m_stage) : 0;
  if (process > 0) deliver_signal(process, std::exchange(m_signal, 0));
}

void Attendant::look() {
  const pid_t process = m_started ? 0 : first_process(m_stage);
  if (process != 0) {
    if (m_has_limits) require_within_our_groups(process);
    m_started = true;
    release();
    send(helper::FrameType::started, nlohmann::json::object());
  }
  if (!m_started || m_wait_port == 0 || !is_listening(m_wait_port)) return;
  send(helper::FrameType::started, nlohmann::json{{"listens", std::exchange(m_wait_port, 0)}});
}

bool contains_any(const std::string& text, std::initializer_list<const char*> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](const char* part) { return text.find(part) != std::string::npos; });
}

}  // namespace

bool listens(const std::string& table, std::uint16_t port) {
  std::array<char, 8> wanted{};
  std::snprintf(wanted.data(), wanted.size(), ":%04X", static_cast<unsigned>(port));
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string number, local, remote, state;
    fields >> number >> local >> remote >> state;
    if (state == "0A" && local.ends_with(wanted.data())) return true;
  }
  return false;
}

std::string refusal_in(const std::string& log) {
  std::string text;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    const nlohmann::json entry = json::parse_or_null(line);
    if (entry.is_object() && entry.value("level", "") == "error") text = entry.value("msg", "");
  }
  return text;
}

std::optional<int> code_of_refusal(std::string refusal) {
  std::transform(refusal.begin(), refusal.end(), refusal.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  // runc: exec: "x": ...; crun: executable file `x` not found, open executable: ...
  if (!contains_any(refusal, {"exec: ", "executable"})) return std::nullopt;
  if (contains_any(refusal, {"not found", "no such file"})) return 127;
  if (contains_any(refusal, {"permission denied", "a directory", "exec format error"})) return 126;
  return std::nullopt;
}

Outcome run_by_runtime(const Stage& stage, const helper::HelperRequest& request,
                       const nlohmann::json& spec) {
  hide_other_groups(stage);
  write_file(stage.bundle() + "/config.json", spec.dump());
  Pipe output = make_pipe();
  Pipe error = make_pipe();
  const std::string log = stage.base + "/log";
  Program program({request.runtime, "--root", stage.state(), "--log", log, "--log-format", "json",
                   "run", "--pid-file", stage.base + "/pid", "--bundle", stage.bundle(),
                   // Nobody else's: runtimes make control groups of that name, and what is in them
                   // ends with it.
                   "container-" + files::random_name()},
                  request.path, {-1, output.writing.get(), error.writing.get()});
  output.writing.reset();
  error.writing.reset();
  // Processes that the container left behind in the background hold the pipes: its end counts.
  const UniqueFd ended(
      static_cast<int>(require(::syscall(SYS_pidfd_open, program.pid(), 0), "watch the runtime")));
  Attendant attendant(stage, request);
  attendant.attend(output.reading.get(), error.reading.get(), ended.get());
  Outcome outcome{program.wait(), {}};
  if (outcome.exit_code != 0 && first_process(stage) == 0) {
    outcome.refusal = read_refusal(log);
    // One that could not even begin a log.
    if (outcome.refusal.empty()) outcome.refusal = attendant.said_by_runtime();
    if (outcome.refusal.empty()) outcome.refusal = "exit code " + std::to_string(outcome.exit_code);
  }
  return outcome;
}

}  // namespace pinnace::sandbox
