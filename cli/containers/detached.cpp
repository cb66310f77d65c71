#include "cli/containers/detached.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "base/error.hpp"
#include "cli/containers/watcher.hpp"
#include "files/file.hpp"
#include "files/look.hpp"
#include "files/random_name.hpp"
#include "job/direct_job.hpp"
#include "job/guarded_job.hpp"
#include "json/json.hpp"
#include "local/detached.hpp"
#include "local/local_store.hpp"

namespace pinnace::cli {

using base::Error;
using base::ErrorCode;
using files::UniqueFd;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_small_file = std::size_t{64} << 10;
constexpr std::size_t k_shown_log = 2000;
constexpr std::chrono::seconds k_patience{10};

int require(int result, const std::string& what) {
  if (result < 0) base::throw_errno(errno, what);
  return result;
}

/// What went wrong with some of many.
class Failures {
 public:
  void add(ErrorCode code, const std::string& text) {
    m_code = m_text.empty() ? code : m_code;
    m_text += (m_text.empty() ? "" : "; ") + text;
  }
  template <class Action>
  void catch_from(Action&& action) {
    try {
      std::forward<Action>(action)();
    } catch (const std::exception& error) {
      add(base::code_of(error), error.what());
    }
  }
  void check() const {
    if (!m_text.empty()) throw Error(m_code, m_text);
  }

 private:
  ErrorCode m_code = ErrorCode::internal;
  std::string m_text;
};

bool wait_until(std::chrono::seconds patience, const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

/// The container lives longer than who called us, and its locks and pipes are not the container's.
void keep_for_ourselves(int first) {
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename().string());
    if (fd >= first) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
}

/// Starts this program as the process that watches, in a session of its own.
pid_t spawn(const UniqueFd& input, const UniqueFd& log, const UniqueFd& lock,
            const UniqueFd& ready) {
  keep_for_ourselves(k_ready_fd + 1);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  const std::array<std::pair<int, int>, 5> places = {{{input.get(), STDIN_FILENO},
                                                      {log.get(), STDOUT_FILENO},
                                                      {log.get(), STDERR_FILENO},
                                                      {lock.get(), k_lock_fd},
                                                      {ready.get(), k_ready_fd}}};
  for (const auto& [from, to] : places) ::posix_spawn_file_actions_adddup2(&actions, from, to);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  std::string name = "pinnace";
  std::string verb = "supervise";
  const std::array<char*, 3> arguments = {name.data(), verb.data(), nullptr};
  pid_t pid = 0;
  const int error =
      ::posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0) base::throw_errno(error, "start the process that watches the container");
  return pid;
}

/// A descriptor above those that the child gets, so that none is overwritten before it is copied.
UniqueFd above(UniqueFd fd) {
  return UniqueFd(require(::fcntl(fd.get(), F_DUPFD_CLOEXEC, k_ready_fd + 1), "start a container"));
}

/// What comes through the pipe until it closes.
std::string read_ready(const UniqueFd& pipe, const std::stop_token& stop) {
  std::string text;
  std::array<char, 4096> buffer;
  while (!stop.stop_requested()) {
    pollfd fd{pipe.get(), POLLIN, 0};
    if (::poll(&fd, 1, 100) <= 0) continue;
    const ssize_t size = ::read(pipe.get(), buffer.data(), buffer.size());
    if (size <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(size));
    if (text.ends_with('\n')) break;
  }
  return text;
}

/// Nothing for what is not there or damaged.
std::optional<job::Ready> parse_ready(const std::string& text) {
  try {
    const nlohmann::json ready = json::parse_or_null(text);
    return json::read<job::Ready>({ready, "ports"});
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::vector<job::Ready::Port> ports_of(const fs::path& directory) {
  return parse_ready(files::read_file_if_any(directory / "ports", k_small_file).value_or(""))
      .value_or(job::Ready())
      .ports;
}

/// What can't be removed is no reason not to start another one: gc tells of it.
void remove_old(const fs::path& all) {
  using std::chrono::system_clock;
  try {
    (void)local::detached::collect(all, system_clock::now() - local::detached::k_kept);
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): said above
  }
}

/// A log may be longer than any memory: only its end is read.
std::string end_of_log(const fs::path& log) {
  std::ifstream file(log, std::ios::binary | std::ios::ate);
  const auto size = file ? static_cast<std::size_t>(file.tellg()) : 0;
  std::string text(std::min(size, k_shown_log), '\0');
  file.seekg(-static_cast<std::streamoff>(text.size()), std::ios::end);
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  while (text.ends_with('\n')) text.pop_back();
  return (size > k_shown_log ? "..." : "") + text;
}

/// Tells it, if `told` says that it wasn't; once it has ended, removes what is left. Whether it
/// has.
bool end(const fs::path& directory, int signal, std::set<fs::path>& told) {
  if (!local::detached::is_watched(directory)) {
    fs::remove_all(directory);
    return true;
  }
  // The death of the watching process is that of the container (decisions/0005).
  if (!told.contains(directory) && local::detached::signal_watcher(directory, signal))
    told.insert(directory);
  return false;
}

}  // namespace

DetachedContainers::DetachedContainers(const fs::path& store)
    : m_store(fs::absolute(store)), m_directory(m_store.at(local::Part::containers)) {}

DetachedContainers::Started DetachedContainers::start(running::RunRequest request,
                                                      std::stop_token stop) const {
  const std::string id = files::random_hex(local::detached::k_id_digits);
  const fs::path directory = m_directory / id;
  m_store.claim();
  files::make_directories(m_directory);
  remove_old(m_directory);
  UniqueFd lock = above(local::detached::make(directory, request.image));
  std::array<int, 2> ends{};
  require(::pipe2(ends.data(), O_CLOEXEC), "make a pipe");
  const UniqueFd reading(ends[0]);
  UniqueFd writing = above(UniqueFd(ends[1]));
  // In memory only: it may have secrets among its variables.
  request.stop = std::chrono::seconds(k_most_stop_seconds);  // stop() has the clock
  job::check_request(request);
  const fs::path log = directory / "log";
  constexpr int k_flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC;
  const pid_t pid =
      spawn(above(files::open_in_memory(json::write(request).dump())),
            above(UniqueFd(require(::open(log.c_str(), k_flags, 0600), "make " + log.string()))),
            lock, writing);
  lock.reset();
  writing.reset();
  if (auto ready = parse_ready(read_ready(reading, stop))) return {id, *std::move(ready)};
  // Nobody has a use for it: its death is that of the container.
  if (stop.stop_requested()) ::kill(pid, SIGKILL);
  int status = 0;
  ::waitpid(pid, &status, 0);
  const std::string said = end_of_log(log);
  fs::remove_all(directory);
  if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "cancelled");
  const Error ended(ErrorCode::unavailable, "the container ended before it was ready: " + said);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  if (code != 127 && code != 126) throw ended;
  std::cerr << "error: " << job::shown_error(ended.what()) << '\n';
  return {id, {}, code};
}

std::vector<DetachedContainers::Container> DetachedContainers::list() const {
  std::vector<Container> containers;
  if (!files::exists(m_directory)) return containers;
  for (const auto& entry : fs::directory_iterator(m_directory)) {
    const fs::path& directory = entry.path();
    if (!local::detached::is_container(directory)) continue;
    auto image = files::read_file_if_any(directory / "image", k_small_file);
    if (!image) continue;  // it went meanwhile
    containers.push_back({directory.filename().string(), *std::move(image),
                          local::detached::is_watched(directory), ports_of(directory)});
  }
  std::sort(containers.begin(), containers.end(),
            [](const Container& a, const Container& b) { return a.id < b.id; });
  return containers;
}

fs::path DetachedContainers::find(const std::string& id) const {
  const fs::path directory = m_directory / id;
  if (!local::detached::is_id(id) || !local::detached::is_container(directory))
    throw Error(ErrorCode::not_found, "there is no container " + id + ", see pinnace ps");
  return directory;
}

fs::path DetachedContainers::log(const std::string& id) const {
  return find(id) / "log";
}

void DetachedContainers::stop(const std::vector<std::string>& ids,
                              std::chrono::seconds time) const {
  Failures failures;
  std::map<std::string, fs::path> running;
  for (const std::string& id : ids) failures.catch_from([&] { running.emplace(id, find(id)); });
  for (const auto& [signal, patience] : {std::pair(SIGTERM, time), {SIGKILL, k_patience}}) {
    std::set<fs::path> told;
    (void)wait_until(patience, [&, number = signal] {
      std::erase_if(running, [&](const auto& one) {
        bool is_done = true;  // of which a look failed nothing more is known
        failures.catch_from([&] { is_done = end(one.second, number, told); });
        return is_done;
      });
      return running.empty();
    });
  }
  for (const auto& [id, directory] : running)
    failures.add(ErrorCode::unavailable,
                 "container " + id + " does not end; the process that watches it is " +
                     std::to_string(local::detached::watcher_of(directory)));
  failures.check();
}

}  // namespace pinnace::cli
