#include "transfer/parallel.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <latch>
#include <mutex>

#include "base/error.hpp"
#include "support/no_threads.hpp"

namespace pinnace::transfer {
namespace {

using Dependencies = std::vector<std::vector<std::size_t>>;

std::vector<std::size_t> order_of(const Dependencies& dependencies, unsigned parallel) {
  std::mutex mutex;
  std::vector<std::size_t> order;
  for_each_in_graph({}, dependencies, parallel, [&](const base::Context&, std::size_t i) {
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
    for_each_parallel({}, 10, 4, [&](const base::Context&, std::size_t i) { sum += i; });
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
  for_each_in_graph({}, {{}, {}, {0, 1}}, 2, [&](const base::Context&, std::size_t i) {
    if (i < 2) both.arrive_and_wait();
    const std::lock_guard lock(mutex);
    done.push_back(i);
  });
  ASSERT_EQ(done.size(), 3U);
  EXPECT_EQ(done.back(), 2U);
}

TEST(ParallelGraphTest, AFailureEndsItAll) {
  std::atomic<int> later = 0;
  const auto work = [&](const base::Context&, std::size_t i) {
    if (i == 0) throw base::Error(base::ErrorCode::io, "broken");
    ++later;
  };
  EXPECT_THROW(for_each_in_graph({}, {{}, {0}, {1}}, 3, work), base::Error);
  EXPECT_EQ(later, 0);
}

TEST(ParallelGraphTest, ACircleIsADefect) {
  EXPECT_THROW(order_of({{1}, {0}}, 1), base::Error);
  EXPECT_THROW(order_of({{0}}, 1), base::Error);
}

}  // namespace
}  // namespace pinnace::transfer
