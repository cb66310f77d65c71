#include "base/parallel.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <thread>

#include "base/error.hpp"
#include "support/no_threads.hpp"

namespace pinnace::base {
namespace {

using Dependencies = std::vector<std::vector<std::size_t>>;

std::vector<std::size_t> order_of(const Dependencies& dependencies, unsigned parallel) {
  std::mutex mutex;
  std::vector<std::size_t> order;
  for_each_in_graph({}, dependencies, parallel, [&](const Context&, std::size_t i) {
    const std::lock_guard lock(mutex);
    order.push_back(i);
  });
  return order;
}

TEST(ParallelDeathTest, WithoutMoreThreadsOneDoesAll) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto alone = [] {
    test_support::forbid_threads();
    std::size_t sum = 0;
    for_each_parallel({}, 10, 4, [&](const Context&, std::size_t i) { sum += i; });
    ::_exit(sum == 45 && order_of({{}, {0}, {1}}, 3).size() == 3 ? 0 : 1);
  };
  EXPECT_EXIT(alone(), testing::ExitedWithCode(0), "");
}

TEST(ParallelGraphTest, WorkComesAfterWhatItNeeds) {
  EXPECT_EQ(order_of({{}, {}, {1}, {0, 2}, {}}, 1), (std::vector<std::size_t>{0, 1, 2, 3, 4}));
  const Dependencies chain = {{}, {0}, {1}, {2}, {3}};
  EXPECT_EQ(order_of(chain, 4), (std::vector<std::size_t>{0, 1, 2, 3, 4}));
  EXPECT_TRUE(order_of({}, 4).empty());
}

TEST(ParallelGraphTest, WhatIsIndependentRunsSideBySide) {
  // Each of both waits until the other one is running: it ends only if they run at the same time.
  std::latch both(2);
  std::mutex mutex;
  std::vector<std::size_t> done;
  for_each_in_graph({}, {{}, {}, {0, 1}}, 2, [&](const Context&, std::size_t i) {
    if (i < 2) both.arrive_and_wait();
    const std::lock_guard lock(mutex);
    done.push_back(i);
  });
  ASSERT_EQ(done.size(), 3U);
  EXPECT_EQ(done.back(), 2U);
}

TEST(ParallelGraphTest, AFailureEndsItAll) {
  std::atomic<int> later = 0;
  const auto work = [&](const Context&, std::size_t i) {
    if (i == 0) throw Error(ErrorCode::io, "broken");
    ++later;
  };
  EXPECT_THROW(for_each_in_graph({}, {{}, {0}, {1}}, 3, work), Error);
  EXPECT_EQ(later, 0);
}

TEST(ParallelGraphTest, ACircleIsADefect) {
  EXPECT_THROW(order_of({{1}, {0}}, 1), Error);
  EXPECT_THROW(order_of({{0}}, 1), Error);
}

TEST(ForEachParallel, DoesEachOnce) {
  std::vector<std::atomic<int>> counts(1000);
  for_each_parallel({}, counts.size(), 8, [&](const Context&, std::size_t i) { ++counts[i]; });
  for (const auto& count : counts) EXPECT_EQ(count, 1);
}

TEST(ForEachParallel, TheFirstFailureStopsTheOthersAndIsThrown) {
  std::atomic<int> done = 0;
  const auto work = [&](const Context& context, std::size_t i) {
    if (i == 0) throw Error(ErrorCode::io, "first");
    ++done;
    while (!context.stop.stop_requested()) std::this_thread::yield();
  };
  EXPECT_THROW(for_each_parallel({}, 1000, 3, work), Error);
  EXPECT_LE(done, 2);
}

TEST(ForEachParallel, AStopReachesTheWork) {
  std::stop_source stop;
  Context context;
  context.stop = stop.get_token();
  const auto work = [&](const Context& inner, std::size_t) {
    stop.request_stop();
    EXPECT_TRUE(inner.stop.stop_requested());
  };
  EXPECT_THROW(for_each_parallel(context, 10, 1, work), Error);
}

}  // namespace
}  // namespace pinnace::base
