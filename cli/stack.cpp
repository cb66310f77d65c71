#include "cli/stack.hpp"

#include <pthread.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "base/error.hpp"

namespace pinnace::cli {

namespace {

constexpr rlim_t k_usual = rlim_t{8} << 20;
constexpr rlim_t k_least = rlim_t{1} << 20;

}  // namespace

void make_room_for_stacks() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_STACK, &limit) != 0) base::throw_errno(errno, "look at the stack's limit");
  if (limit.rlim_cur >= k_least) return;
  // Root may have more than it was given.
  const rlimit usual{k_usual, std::max(limit.rlim_max, k_usual)};
  const rlimit most{std::min(limit.rlim_max, k_usual), limit.rlim_max};
  if (::setrlimit(RLIMIT_STACK, &usual) != 0 &&
      (most.rlim_cur < k_least || ::setrlimit(RLIMIT_STACK, &most) != 0))
    throw base::Error(base::ErrorCode::invalid_input,
                      "the stack may have " + std::to_string(limit.rlim_max >> 10) +
                          " KiB at most (ulimit -s), expected 1024 or more");
  // The C library has looked at the limit before us.
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  const bool set = ::pthread_attr_setstacksize(&attributes, k_usual) == 0 &&
                   ::pthread_setattr_default_np(&attributes) == 0;
  ::pthread_attr_destroy(&attributes);
  if (!set) throw base::Error(base::ErrorCode::io, "threads get no larger stacks (ulimit -s)");
}

}  // namespace pinnace::cli
