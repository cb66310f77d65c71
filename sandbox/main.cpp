#include "sandbox/main.hpp"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "sandbox/container.hpp"
#include "sandbox/enter.hpp"
#include "sandbox/snapshots/snapshots.hpp"
#include "sandbox/system/output.hpp"
#include "sandbox/system/system.hpp"

namespace pinnace::sandbox {

using base::Error;
using base::ErrorCode;

namespace {

std::string read_exactly(std::size_t size) {
  files::FileSource input(files::UniqueFd(::dup(STDIN_FILENO)), "standard input");
  std::string text(size, '\0');
  if (base::read_full(input, std::as_writable_bytes(std::span(text))) != size)
    throw Error(ErrorCode::invalid_input, "standard input: expected a request");
  return text;
}

helper::HelperRequest read_request() {
  const std::size_t size = helper::decode_size(read_exactly(helper::k_size_bytes));
  if (size > helper::k_max_helper_request)
    throw Error(ErrorCode::invalid_input, "standard input: expected a request of at most 64 MiB");
  return helper::parse_helper_request(read_exactly(size));
}

std::string read_secrets(const helper::HelperRequest& request) {
  std::size_t size = 0;
  for (const helper::HelperMount& mount : request.mounts) {
    if (mount.kind == "secret") size += static_cast<std::size_t>(mount.size);
  }
  return read_exactly(size);
}

/// Where snapshots are: the container's root must be able to write there.
void enter_directory(const helper::HelperRequest& request) {
  require(::chdir(request.directory.c_str()), "enter " + request.directory);
  if (::geteuid() != 0 || request.host_root) return;
  require(::chown(".", request.users.front().outside, request.groups.front().outside),
          "give " + request.directory + " to the container's root");
}

int perform(const helper::HelperRequest& request) {
  enter_directory(request);
  if (request.operation == "apply")
    return run_inside(request, false, [&] { return apply_snapshot(request); });
  if (request.operation == "run") {
    const std::string secrets = read_secrets(request);
    const std::list<AgentProxy> agents = start_agents(request);
    return run_inside(request, true, [&] { return run_container(request, secrets, agents); });
  }
  if (request.operation == "probe")
    return run_inside(request, true, [&] { return probe_runtime(request); });
  if (request.operation == "emulator")
    return run_inside(request, true, [&] { return probe_emulator(request); });
  if (request.operation == "overlay")
    return run_inside(request, true, [&] { return probe_overlay(request); });
  if (request.operation == "measure")
    return run_inside(request, true, [&] { return measure_snapshots(request); });
  if (request.operation == "merge")
    return run_inside(request, true, [&] { return merge_snapshots(request); });
  if (request.operation == "remove")
    return run_inside(request, true, [&] { return remove_snapshots(request); });
  throw Error(ErrorCode::invalid_input, "unknown operation " + request.operation);
}

}  // namespace

int run_helper() {
  for (const int number : {SIGPIPE, SIGXFSZ}) ::signal(number, SIG_IGN);
  // Modes are said, not left to who called.
  ::umask(022);
  try {
    return perform(read_request());
  } catch (const std::exception& error) {
    try {
      send_failure(error);
    } catch (const std::exception&) {
      return 1;  // nobody listens
    }
    return 1;
  }
}

}  // namespace pinnace::sandbox
