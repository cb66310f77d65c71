#include "base/file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <unistd.h>

#include <array>
#include <filesystem>

#include "base/error.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::base {
namespace {

namespace fs = std::filesystem;
using test_support::TemporaryDirectory;

std::size_t count_files(const fs::path& directory) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory), {}));
}

TEST(AtomicFile, AppearsAtCommitOnly) {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "a";
  AtomicFile file(path);
  file.write(as_bytes("content"));
  EXPECT_FALSE(fs::exists(path));
  file.commit();
  EXPECT_EQ(read_file(path, 100), "content");
  EXPECT_EQ(count_files(directory.path()), 1U);
}

TEST(AtomicFile, KeepsWhatIsFlushedWhileItIsWritten) {
  const TemporaryDirectory directory;
  const auto path = directory.path() / "large";
  const std::string piece(7'000'001, 'x');
  AtomicFile file(path);
  for (char letter = 'a'; letter < 'i'; ++letter) {
    file.write(as_bytes(letter + piece));
  }
  file.commit();
  const std::string text = read_file(path, 100'000'000);
  ASSERT_EQ(text.size(), 8 * (piece.size() + 1));
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(text[i * (piece.size() + 1)], static_cast<char>('a' + static_cast<char>(i)));
  }
}

TEST(AtomicFile, LeavesNothingWithoutCommit) {
  const TemporaryDirectory directory;
  {
    AtomicFile file(directory.path() / "a");
    file.write(as_bytes("content"));
  }
  EXPECT_EQ(count_files(directory.path()), 0U);
}

TEST(AtomicFile, ModeIsIndependentOfTheUmask) {
  const TemporaryDirectory directory;
  const mode_t before = ::umask(077);
  write_file_atomically(directory.path() / "a", "x", 0644);
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat((directory.path() / "a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0644U);
}

TEST(AtomicFile, KeepLeavesTheFileThatIsThere) {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "a";
  write_file_atomically(path, "first");
  AtomicFile file(path);
  file.write(as_bytes("second"));
  file.commit(AtomicFile::Existing::keep);
  EXPECT_EQ(read_file(path, 100), "first");
  EXPECT_EQ(count_files(directory.path()), 1U);
}

TEST(ReadFile, RefusesWhatIsTooLargeMissingOrADirectory) {
  const TemporaryDirectory directory;
  write_file_atomically(directory.path() / "a", "12345");
  EXPECT_EQ(read_file(directory.path() / "a", 5), "12345");
  const auto code_of = [](const fs::path& path, std::size_t limit) {
    try {
      read_file(path, limit);
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
      return to_string(error.code());
    }
    return std::string_view("nothing thrown");
  };
  EXPECT_EQ(code_of(directory.path() / "a", 4), "invalid_input");
  EXPECT_EQ(code_of(directory.path() / "b", 4), "not_found");
  EXPECT_EQ(code_of(directory.path(), 4), "invalid_input");
  // Nobody writes to it: waiting would be for ever.
  ASSERT_EQ(::mkfifo((directory.path() / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(code_of(directory.path() / "fifo", 4), "invalid_input");
}

TEST(ReadFile, ReadsAPipeThatItWasGiven) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const UniqueFd reader(pipe[0]);
  UniqueFd writer(pipe[1]);
  ASSERT_EQ(::write(writer.get(), "12345", 5), 5);
  writer.reset();
  EXPECT_EQ(read_file("/dev/fd/" + std::to_string(reader.get()), 5), "12345");
}

}  // namespace
}  // namespace pinnace::base
