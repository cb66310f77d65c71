#include "support/no_threads.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace pinnace::test_support {

void forbid_threads() {
  constexpr uid_t k_nobody_else = 61234;
  const rlimit limit{1, 1};
  // Root is not limited.
  if (::setrlimit(RLIMIT_NPROC, &limit) != 0 ||
      (::geteuid() == 0 && ::setuid(k_nobody_else) != 0)) {
    std::perror("forbid threads");
    std::abort();
  }
}

}  // namespace pinnace::test_support
