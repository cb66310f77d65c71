#include "sandbox/runtime/program_limits.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <string>

namespace pinnace::sandbox {
namespace {

spec::Rlimit limit(const std::string& type) {
  const auto limits = program_limits();
  const auto found = std::find_if(limits.begin(), limits.end(),
                                  [&](const spec::Rlimit& one) { return one.type == type; });
  return found == limits.end() ? spec::Rlimit{} : *found;
}

TEST(ProgramLimits, AreNotThoseOfWhoCalled) {
  rlimit ours{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &ours), 0);
  const rlimit other{200, ours.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &other), 0);
  const spec::Rlimit files = limit("RLIMIT_NOFILE");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &ours), 0);
  EXPECT_EQ(files.soft, std::min<rlim_t>(1024, ours.rlim_max));
  EXPECT_EQ(files.hard, std::min<rlim_t>(524'288, ours.rlim_max));
}

TEST(ProgramLimits, NoMemoryOfAProgramIsWritten) {
  const spec::Rlimit core = limit("RLIMIT_CORE");
  EXPECT_EQ(core.type, "RLIMIT_CORE");
  EXPECT_EQ(core.soft, 0U);
  EXPECT_EQ(core.hard, 0U);
}

}  // namespace
}  // namespace pinnace::sandbox
