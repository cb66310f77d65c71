#include "sandbox/enter.hpp"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <optional>

#include "sandbox/network/network.hpp"
#include "sandbox/runtime/resource_limits.hpp"
#include "sandbox/system/output.hpp"
#include "sandbox/system/system.hpp"

namespace pinnace::sandbox {

using base::Error;
using base::ErrorCode;
using files::UniqueFd;

namespace {

void write_maps(const helper::HelperRequest& request, pid_t child) {
  const std::string process = std::to_string(child);
  const auto write = [&](const char* helper, const char* file,
                         const std::vector<spec::IdRange>& ranges) {
    if (!request.by_helpers)
      return write_file("/proc/" + process + "/" + file, spec::to_text(ranges));
    std::vector<std::string> arguments = {helper, process};
    for (const spec::IdRange& range : ranges) {
      for (const std::uint32_t number : {range.inside, range.outside, range.count})
        arguments.push_back(std::to_string(number));
    }
    run_program(arguments, request.path);
  };
  write("newuidmap", "uid_map", request.users);
  write("newgidmap", "gid_map", request.groups);
}

/// The first process of the namespaces: becomes root there once the maps are written.
[[noreturn]] void live(const Pipe& go, const std::function<int()>& inside) {
  char one = 0;
  if (::read(go.reading.get(), &one, 1) != 1) ::_exit(1);
  int code = 1;
  try {
    require(::setgroups(0, nullptr), "give up groups");
    require(::setresgid(0, 0, 0), "become root of the container");
    require(::setresuid(0, 0, 0), "become root of the container");
    // After the change of ids, which clears it.
    require(::prctl(PR_SET_PDEATHSIG, SIGKILL), "end with the starting process");
    // Who died before this has closed the pipe.
    pollfd starter{go.reading.get(), 0, 0};
    if (::poll(&starter, 1, 0) != 0) ::_exit(1);
    // As the host's root we share mounts with the host, where it makes them so (systemd does).
    mount("none", "/", nullptr, MS_REC | MS_PRIVATE);
    code = inside();
  } catch (const std::exception& error) {
    send_failure(error);
  }
  ::_exit(code);
}

[[noreturn]] void refuse_namespaces(int error) {
  throw Error(
      ErrorCode::unsupported,
      std::string("new namespaces are refused here (") + ::strerror(error) +
          "), which RUN needs; as root: sysctl user.max_user_namespaces=65536 and, where they "
          "exist, kernel.unprivileged_userns_clone=1 and "
          "kernel.apparmor_restrict_unprivileged_userns=0; within a container: run it with a "
          "seccomp "
          "profile that allows clone, unshare and mount, and an unmasked /proc");
}

pid_t clone_namespaces(const helper::HelperRequest& request) {
  unsigned long flags = CLONE_NEWNS | CLONE_NEWPID | SIGCHLD;
  if (!request.host_root) flags |= CLONE_NEWUSER;
  if (request.network != container::Network::host) flags |= CLONE_NEWNET;
  // As fork(): this process has one thread.
  return static_cast<pid_t>(::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr));
}

/// What watches over a container is in its control group, too: the first process of the namespaces
/// and the runtime. crun has one thread, runc at least so many, and what it has more goes from the
/// container's.
std::uint64_t watchers(const std::string& runtime) {
  return runtime.ends_with("crun") ? 2 : 7;
}

ResourceLimits::Wanted wanted_limits(const helper::HelperRequest& request) {
  return {request.memory, request.milli_cpus,
          request.processes == 0 ? 0 : request.processes + watchers(request.runtime)};
}

/// Waits until the child ends or our input closes. What is written to it is for the child.
int watch(pid_t child, bool watch_input) {
  const UniqueFd ended(
      static_cast<int>(require(::syscall(SYS_pidfd_open, child, 0), "watch the container")));
  for (;;) {
    pollfd fds[] = {{ended.get(), POLLIN, 0}, {watch_input ? STDIN_FILENO : -1, POLLRDHUP, 0}};
    if (::poll(fds, 2, -1) < 0 && errno != EINTR) base::throw_errno(errno, "wait");
    if (fds[0].revents != 0) break;
    if (fds[1].revents != 0) ::kill(child, SIGKILL);
    if (fds[1].revents != 0) watch_input = false;
  }
  return wait_for(child);
}

}  // namespace

int run_inside(const helper::HelperRequest& request, bool watch_input,
               const std::function<int()>& inside) {
  const Pipe go = make_pipe();
  const pid_t child = clone_namespaces(request);
  if (child < 0) refuse_namespaces(errno);
  if (child == 0) {
    ::close(go.writing.get());
    live(go, inside);
  }
  std::optional<ResourceLimits> limits;
  std::unique_ptr<OutsideNetwork> network;
  try {
    if (!request.runtime.empty()) {
      limits.emplace(child, wanted_limits(request));
      const std::string note = limits->note();
      if (!note.empty()) send(helper::FrameType::note, std::string_view(note));
    }
    if (!request.host_root) write_maps(request, child);
    if (request.network == container::Network::isolated)
      network = std::make_unique<OutsideNetwork>(request, child);
    write_all(go.writing.get(), "g");
  } catch (...) {
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    throw;
  }
  return watch(child, watch_input);
}

}  // namespace pinnace::sandbox
