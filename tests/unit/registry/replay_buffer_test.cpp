#include "registry/replay_buffer.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "base/error.hpp"
#include "support/image_samples.hpp"

namespace pinnace::registry {
namespace {

std::string read_some(ReplayBuffer& buffer, std::size_t size) {
  std::vector<std::byte> bytes(size);
  bytes.resize(buffer.read(bytes));
  return std::string(base::as_text(bytes));
}

TEST(ReplayBuffer, PassesEverythingThroughALittleMemory) {
  const std::string sent = test_support::sample_bytes(1'000'003, 1);
  ReplayBuffer buffer(1000, 500);
  std::thread writer([&] {
    buffer.write(base::as_bytes(std::string_view(sent).substr(0, 17)));
    buffer.write(base::as_bytes(std::string_view(sent).substr(17)));
    buffer.close();
  });
  ReplaySource source(buffer);
  EXPECT_EQ(base::read_all(source, 2'000'000, "pipe"), sent);
  writer.join();
}

TEST(ReplayBuffer, CanBeReadAgainFromAWhileBack) {
  ReplayBuffer buffer(4, 6);
  buffer.write(base::as_bytes("abcd"));
  EXPECT_EQ(read_some(buffer, 4), "abcd");
  buffer.write(base::as_bytes("efgh"));
  buffer.rewind(1);
  EXPECT_EQ(read_some(buffer, 100), "bcdefgh");
  buffer.write(base::as_bytes("ijkl"));
  EXPECT_EQ(read_some(buffer, 2), "ij");
  EXPECT_EQ(read_some(buffer, 2), "kl");
  buffer.rewind(2);
  EXPECT_EQ(buffer.position(), 2U);
  EXPECT_THROW(buffer.rewind(1), base::Error) << "12 bytes were written, 10 are kept";
  EXPECT_THROW(buffer.rewind(13), base::Error) << "never sent";
}

TEST(ReplayBuffer, EitherSideMayGiveUp) {
  ReplayBuffer failed(2, 2);
  failed.fail(std::make_exception_ptr(base::Error(base::ErrorCode::io, "x")));
  EXPECT_THROW(failed.write(base::as_bytes("a")), base::Error);
  ReplayBuffer abandoned(2, 2);
  abandoned.write(base::as_bytes("ab"));
  std::thread writer([&] { EXPECT_THROW(abandoned.write(base::as_bytes("cd")), base::Error); });
  abandoned.abandon();
  writer.join();
  EXPECT_EQ(read_some(abandoned, 10), "");
}

}  // namespace
}  // namespace pinnace::registry
