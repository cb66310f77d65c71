#include "compress/ordered_pipeline.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <latch>
#include <stdexcept>
#include <vector>

namespace pinnace::compress {
namespace {

std::uint32_t value_of(base::Bytes bytes) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

void submit_value(OrderedPipeline& pipeline, std::uint32_t value) {
  Chunk& chunk = pipeline.acquire();
  ASSERT_TRUE(chunk.input().empty());
  std::memcpy(chunk.rest().data(), &value, sizeof value);
  chunk.grow(sizeof value);
  pipeline.submit(chunk);
}

OrderedPipeline::Stages small_stages(unsigned workers) {
  OrderedPipeline::Stages stages;
  stages.workers = workers;
  stages.chunks = 2 * workers + 2;
  stages.chunk_capacity = 8;
  stages.output_capacity = 8;
  stages.work = [](unsigned, Chunk&) {};
  stages.consume = [](Chunk&) {};
  return stages;
}

TEST(OrderedPipeline, KeepsTheOrderWhateverWorkersDo) {
  for (const unsigned workers : {0U, 1U, 2U, 5U}) {
    auto stages = small_stages(workers);
    std::vector<std::uint32_t> consumed;
    std::vector<std::uint32_t> tapped;
    stages.work = [](unsigned, Chunk& chunk) {
      // Uneven work, so that later chunks are often done first.
      const std::uint32_t value = value_of(chunk.input());
      std::uint32_t sum = 0;
      for (std::uint32_t i = 0; i < value * 7919 % 5000; ++i) sum = sum * 31 + i;
      chunk.checksum = sum == 1 ? 0 : value + 1;
    };
    stages.consume = [&](Chunk& chunk) { consumed.push_back(value_of(chunk.input())); };
    stages.tap = [&](base::Bytes bytes) { tapped.push_back(value_of(bytes)); };
    OrderedPipeline pipeline(stages);
    for (std::uint32_t i = 0; i < 1000; ++i) submit_value(pipeline, i);
    pipeline.drain();
    ASSERT_EQ(consumed.size(), 1000U);
    EXPECT_TRUE(std::is_sorted(consumed.begin(), consumed.end()));
    EXPECT_EQ(tapped, consumed);
  }
}

TEST(OrderedPipeline, WorkersRunAtTheSameTime) {
  auto stages = small_stages(3);
  std::latch all_there(3);
  std::atomic<unsigned> seen = 0;
  stages.work = [&](unsigned worker, Chunk&) {
    seen |= 1U << worker;
    all_there.arrive_and_wait();  // ends only if three workers are in here
  };
  OrderedPipeline pipeline(stages);
  for (std::uint32_t i = 0; i < 3; ++i) submit_value(pipeline, i);
  pipeline.drain();
  EXPECT_EQ(seen, 7U);
}

enum class Stage { work, consume, tap };

class FailingStage : public testing::TestWithParam<Stage> {};
INSTANTIATE_TEST_SUITE_P(All, FailingStage,
                         testing::Values(Stage::work, Stage::consume, Stage::tap));

TEST_P(FailingStage, StopsAllAndReachesTheProducer) {
  auto stages = small_stages(2);
  const auto fail_at_5 = [](base::Bytes bytes) {
    if (value_of(bytes) == 5) throw std::runtime_error("five");
  };
  if (GetParam() == Stage::work) {
    stages.work = [&](unsigned, Chunk& chunk) { fail_at_5(chunk.input()); };
  } else if (GetParam() == Stage::consume) {
    stages.consume = [&](Chunk& chunk) { fail_at_5(chunk.input()); };
  } else {
    stages.tap = fail_at_5;
  }
  OrderedPipeline pipeline(stages);
  const auto feed = [&] {
    for (std::uint32_t i = 0; i < 1000; ++i) submit_value(pipeline, i);
  };
  EXPECT_THROW(feed(), std::runtime_error);
  EXPECT_THROW(pipeline.drain(), std::runtime_error);
}

TEST(OrderedPipeline, AnErrorAfterTheLastChunkReachesDrain) {
  auto stages = small_stages(1);
  stages.consume = [](Chunk&) { throw std::runtime_error("last"); };
  OrderedPipeline pipeline(stages);
  submit_value(pipeline, 1);
  EXPECT_THROW(pipeline.drain(), std::runtime_error);
}

TEST(OrderedPipeline, DestroyedEarlyItDropsWhatNobodyBegan) {
  std::atomic<int> consumed = 0;
  auto stages = small_stages(2);
  std::latch begun(1);
  std::latch go_on(1);
  stages.consume = [&](Chunk&) {
    if (consumed++ == 0) {
      begun.count_down();
      go_on.wait();
    }
  };
  {
    OrderedPipeline pipeline(stages);
    for (std::uint32_t i = 0; i < 4; ++i) submit_value(pipeline, i);
    begun.wait();
    go_on.count_down();
  }
  EXPECT_GE(consumed, 1);
  EXPECT_LE(consumed, 4);
}

}  // namespace
}  // namespace pinnace::compress
