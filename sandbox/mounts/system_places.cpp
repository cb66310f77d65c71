#include "sandbox/mounts/system_places.hpp"

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

}  // namespace

void make_system_places(Stubs& stubs) {
  for (const char* directory : {"/proc", "/sys", "/dev"}) stubs.add(RootedPath(directory), true);
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

}  // namespace pinnace::sandbox
