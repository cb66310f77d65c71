#include "base/thread.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <iostream>

#include "base/error.hpp"
#include "base/timed_stop.hpp"
#include "support/no_threads.hpp"

namespace pinnace::base {
namespace {

TEST(StartThread, RunsTheWork) {
  std::atomic<int> done = 0;
  {
    const std::jthread thread = start_thread([&] { ++done; });
  }
  EXPECT_EQ(done, 1);
}

/// Ends with 0 after a line on standard error if `start` throws unavailable.
template <class Start>
[[noreturn]] void expect_unavailable(Start&& start) {
  test_support::forbid_threads();
  try {
    start();
  } catch (const Error& error) {
    std::cerr << error.what() << '\n';
    ::_exit(error.code() == ErrorCode::unavailable ? 0 : 1);
  }
  ::_exit(2);
}

TEST(StartThreadDeathTest, NoneLeftIsAnErrorThatSaysWhatToDo) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(expect_unavailable([] { start_thread([] {}); }), testing::ExitedWithCode(0),
              "can't start a thread: .*ulimit -u");
  EXPECT_EXIT(expect_unavailable([] { TimedStop(std::chrono::milliseconds(1)); }),
              testing::ExitedWithCode(0), "can't start a thread");
}

}  // namespace
}  // namespace pinnace::base
