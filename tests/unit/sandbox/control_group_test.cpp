#include "sandbox/runtime/control_group.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace pinnace::sandbox {
namespace {

TEST(ControlGroup, AContainerIsInOursOrBelow) {
  struct Row {
    const char* ours;
    const char* theirs;
    bool within;
  };
  const Row rows[] = {
      {"0::/a/pinnace-7\n", "0::/a/pinnace-7\n", true},
      {"0::/a/pinnace-7\n", "0::/a/pinnace-7/container\n", true},
      {"0::/a/pinnace-7\n", "0::/a/pinnace-71\n", false},
      {"0::/a/pinnace-7\n", "0::/a/container\n", false},
      {"0::/a/pinnace-7\n", "0::/container\n", false},
      {"0::/\n", "0::/container\n", true},
      // What is outside of a namespace of groups.
      {"0::/x\n", "0::/../container\n", false},
      // Version 1: each hierarchy for itself; the numbers and orders are the same for all.
      {"2:cpu,cpuacct:/a\n1:pids:/b\n0::/\n", "2:cpu,cpuacct:/a/c\n1:pids:/b/c\n0::/c\n", true},
      {"2:cpu,cpuacct:/a\n1:pids:/b\n0::/\n", "2:cpu,cpuacct:/a/c\n1:pids:/c\n0::/c\n", false},
      {"2:cpu,cpuacct:/a\n1:pids:/b\n", "2:cpu,cpuacct:/a\n", false},
      {"1:name=a:b:/x\n", "1:name=a:b:/x/y\n", true},
  };
  for (const Row& row : rows)
    EXPECT_EQ(is_within_groups(row.ours, row.theirs), row.within) << row.ours << row.theirs;
}

TEST(ControlGroup, OneThatHasEndedHasLeftNone) {
  const pid_t child = ::fork();
  if (child == 0) {
    for (;;) ::pause();
  }
  EXPECT_NO_THROW(require_within_our_groups(child));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_NO_THROW(require_within_our_groups(child)) << "it has ended";
}

}  // namespace
}  // namespace pinnace::sandbox
