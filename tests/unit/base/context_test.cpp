#include "base/context.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "base/error.hpp"
#include "base/io.hpp"

namespace pinnace::base {
namespace {

TEST(Context, ChecksTheStopToken) {
  std::stop_source stop;
  Context context;
  context.stop = stop.get_token();
  EXPECT_NO_THROW(context.check());
  stop.request_stop();
  EXPECT_THROW(context.check(), Error);
}

TEST(Context, AStopEndsASleepAtOnce) {
  std::stop_source stop;
  Context context;
  context.stop = stop.get_token();
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_THROW(context.sleep(std::chrono::hours(1)), Error);
}

TEST(ReadAll, StopsAtTheLimit) {
  StringSource exact("12345");
  EXPECT_EQ(read_all(exact, 5, "x"), "12345");
  StringSource above("123456");
  EXPECT_THROW(read_all(above, 5, "x"), Error);
}

TEST(ReadFull, CollectsShortReads) {
  class OneByOne final : public Source {
   public:
    std::size_t read(std::span<std::byte> buffer) override {
      if (m_left == 0 || buffer.empty()) return 0;
      buffer[0] = std::byte{'x'};
      --m_left;
      return 1;
    }

   private:
    int m_left = 5;
  };
  OneByOne source;
  std::array<std::byte, 8> buffer{};
  EXPECT_EQ(read_full(source, std::span(buffer).first(3)), 3U);
  EXPECT_EQ(read_full(source, buffer), 2U);
}

}  // namespace
}  // namespace pinnace::base
