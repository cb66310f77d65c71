#include "userfile/output_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <future>
#include <stop_token>
#include <thread>

#include "base/context.hpp"
#include "base/error.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::userfile {
namespace {

namespace fs = std::filesystem;

class OutputFileTest : public ::testing::Test {
 protected:
  fs::path path(const char* name) const { return m_directory.path() / name; }
  static std::string refused(const fs::path& path) {
    try {
      write_output_file({}, path, "text");
    } catch (const base::Error& error) {
      return error.what();
    }
    return "not refused";
  }

  test_support::TemporaryDirectory m_directory;
};

TEST_F(OutputFileTest, WritesWhatALinkLeadsToAndKeepsTheLink) {
  fs::create_directory(path("below"));
  files::write_file_atomically(path("below/real"), "old");
  fs::create_symlink("below/real", path("second"));
  fs::create_symlink("second", path("first"));
  write_output_file({}, path("first"), "new");
  EXPECT_TRUE(fs::is_symlink(path("first")));
  EXPECT_TRUE(fs::is_symlink(path("second")));
  EXPECT_FALSE(fs::is_symlink(path("below/real")));
  EXPECT_EQ(files::read_file(path("below/real"), 10), "new");

  fs::create_symlink("missing", path("dangling"));
  write_output_file({}, path("dangling"), "made");
  EXPECT_TRUE(fs::is_symlink(path("dangling")));
  EXPECT_EQ(files::read_file(path("missing"), 10), "made");

  fs::create_symlink("loop", path("loop"));
  EXPECT_NE(refused(path("loop")).find("loop"), std::string::npos);
}

TEST_F(OutputFileTest, AReaderThatDoesNotReadCanBeGivenUp) {
  for (const int flags : {0, O_NONBLOCK}) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC | flags), 0);
    const files::UniqueFd reading(ends[0]);
    const files::UniqueFd writing(ends[1]);
    std::stop_source stop;
    base::Context context;
    context.stop = stop.get_token();
    std::promise<base::ErrorCode> ended;
    std::thread writer([&] {
      try {
        write_output_file(context, "/dev/fd/" + std::to_string(writing.get()),
                          std::string(1 << 20, 'x'));
        ended.set_value(base::ErrorCode::internal);
      } catch (const base::Error& error) {
        ended.set_value(error.code());
      }
    });
    // It has begun, and what it wants to write is more than a pipe holds.
    std::array<char, 1> first{};
    while (::read(reading.get(), first.data(), 1) != 1) std::this_thread::yield();
    stop.request_stop();
    auto code = ended.get_future();
    const bool in_time = code.wait_for(std::chrono::seconds(60)) == std::future_status::ready;
    EXPECT_TRUE(in_time) << flags;
    std::string rest(1 << 16, '\0');
    while (!in_time && code.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
      (void)!::read(reading.get(), rest.data(), rest.size());
    writer.join();
    EXPECT_EQ(code.get(), base::ErrorCode::cancelled) << flags;
  }
}

TEST_F(OutputFileTest, StreamsIntoAFifoAndKeepsIt) {
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_NE(refused(path("fifo")).find("nobody reads it"), std::string::npos);
  const files::UniqueFd reader(::open(path("fifo").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  write_output_file({}, path("fifo"), "text");
  std::array<char, 10> read{};
  EXPECT_EQ(::read(reader.get(), read.data(), read.size()), 4);
  EXPECT_EQ(std::string_view(read.data(), 4), "text");
  EXPECT_TRUE(fs::is_fifo(path("fifo")));
}

TEST_F(OutputFileTest, WritesAnOpenDescriptorWhereItIs) {
  const files::UniqueFd file(::open(path("out").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_EQ(::write(file.get(), "before ", 7), 7);
  const fs::path descriptor = "/proc/self/fd/" + std::to_string(file.get());
  fs::create_symlink(descriptor, path("link"));
  write_output_file({}, path("link"), "text");
  write_output_file({}, descriptor, " after");
  EXPECT_EQ(files::read_file(path("out"), 100), "before text after");
  EXPECT_TRUE(fs::is_symlink(path("link")));
}

TEST_F(OutputFileTest, RefusesADirectory) {
  EXPECT_EQ(refused(m_directory.path()),
            m_directory.path().string() + " is a directory, expected a file to write");
}

}  // namespace
}  // namespace pinnace::userfile
