#include "base/pipe.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "base/error.hpp"

namespace pinnace::base {
namespace {

TEST(Pipe, DeliversEverythingInOrder) {
  Pipe pipe(1000);
  std::string sent;
  for (int i = 0; i < 5000; ++i) sent += std::to_string(i) + ",";
  std::jthread writer([&] {
    for (std::size_t at = 0; at < sent.size(); at += 77) {
      pipe.write(as_bytes(std::string_view(sent).substr(at, 77)));
    }
    pipe.close();
  });
  PipeSource source(pipe);
  EXPECT_EQ(read_all(source, 1'000'000, "pipe"), sent);
}

TEST(Pipe, AFailedWriterReachesTheReader) {
  Pipe pipe(10);
  pipe.write(as_bytes("abc"));
  pipe.fail_reader(std::make_exception_ptr(Error(ErrorCode::integrity, "broken")));
  std::array<std::byte, 8> buffer{};
  EXPECT_THROW(pipe.read(buffer), Error);
}

TEST(Pipe, AFailedReaderWakesAWaitingWriter) {
  Pipe pipe(1);
  pipe.write(as_bytes("full"));
  std::jthread reader(
      [&] { pipe.fail_writer(std::make_exception_ptr(Error(ErrorCode::unavailable, "gone"))); });
  EXPECT_THROW(pipe.write(as_bytes("more")), Error);
}

}  // namespace
}  // namespace pinnace::base
