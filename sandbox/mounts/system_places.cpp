#include "sandbox/mounts/system_places.hpp"

#include <array>

#include "base/error.hpp"

namespace pinnace::sandbox {

using base::Error;
using base::ErrorCode;
using tree::RootedPath;

namespace {

[[noreturn]] void refuse(const RootedPath& path, const std::string& place) {
  throw Error(ErrorCode::invalid_input,
              "it is at " + path.absolute() + ", where the system's own " + place + " will be");
}

std::array<RootedPath, 3> system_directories() {
  return {RootedPath("/proc"), RootedPath("/sys"), RootedPath("/dev")};
}

}  // namespace

void make_system_places(Stubs& stubs) {
  for (const RootedPath& directory : system_directories()) stubs.add(directory, true);
}

RootedPath resolve_in_container(const tree::OpenRoot& root, const RootedPath& path) {
  return root.resolve(path, system_directories());
}

void refuse_system_place(const RootedPath& path) {
  // Others have places in /dev: /dev/shm, /dev/log.
  if (path == RootedPath("/dev")) refuse(path, "/dev");
  // Where /proc is mounted, what is below it leads anywhere.
  for (const char* place : {"/proc", "/dev/null", "/dev/zero", "/dev/full", "/dev/random",
                            "/dev/urandom", "/dev/tty", "/dev/console", "/dev/ptmx", "/dev/pts",
                            "/dev/fd", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/core"}) {
    if (path.is_within(RootedPath(place))) refuse(path, place);
  }
}

void refuse_system_directory(const RootedPath& path) {
  // It is an empty directory of the container's own, which anybody may use.
  if (path.is_within(RootedPath("/dev/shm"))) return;
  for (const RootedPath& place : system_directories()) {
    if (path.is_within(place))
      throw Error(ErrorCode::invalid_input, "it is " + path.absolute() + ", in the system's own " +
                                                place.absolute() + ", where no container starts");
  }
}

}  // namespace pinnace::sandbox
