#include "sandbox/runtime/program_limits.hpp"

#include <sys/resource.h>

#include <algorithm>

#include "sandbox/system/system.hpp"

namespace pinnace::sandbox {

namespace {

struct Wanted {
  const char* name;
  __rlimit_resource_t resource;
  rlim_t soft;
  rlim_t hard;
};

constexpr rlim_t k_any = RLIM_INFINITY;
constexpr rlim_t k_mib = rlim_t{1} << 20;

/// What Linux gives its first process, and of open files what systemd gives services.
constexpr Wanted k_wanted[] = {
    {"RLIMIT_AS", RLIMIT_AS, k_any, k_any},
    {"RLIMIT_CORE", RLIMIT_CORE, 0, 0},
    {"RLIMIT_CPU", RLIMIT_CPU, k_any, k_any},
    {"RLIMIT_DATA", RLIMIT_DATA, k_any, k_any},
    {"RLIMIT_FSIZE", RLIMIT_FSIZE, k_any, k_any},
    {"RLIMIT_LOCKS", RLIMIT_LOCKS, k_any, k_any},
    {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK, 8 * k_mib, 8 * k_mib},
    {"RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE, 819'200, 819'200},
    {"RLIMIT_NICE", RLIMIT_NICE, 0, 0},
    {"RLIMIT_NOFILE", RLIMIT_NOFILE, 1'024, 524'288},
    {"RLIMIT_NPROC", RLIMIT_NPROC, k_any, k_any},
    {"RLIMIT_RSS", RLIMIT_RSS, k_any, k_any},
    {"RLIMIT_RTPRIO", RLIMIT_RTPRIO, 0, 0},
    {"RLIMIT_RTTIME", RLIMIT_RTTIME, k_any, k_any},
    {"RLIMIT_SIGPENDING", RLIMIT_SIGPENDING, k_any, k_any},
    {"RLIMIT_STACK", RLIMIT_STACK, 8 * k_mib, k_any},
};

}  // namespace

std::vector<spec::Rlimit> program_limits() {
  std::vector<spec::Rlimit> limits;
  for (const Wanted& wanted : k_wanted) {
    rlimit ours{};
    require(::getrlimit(wanted.resource, &ours), std::string("look up ") + wanted.name);
    limits.push_back(
        {wanted.name, std::min(wanted.soft, ours.rlim_max), std::min(wanted.hard, ours.rlim_max)});
  }
  return limits;
}

}  // namespace pinnace::sandbox
