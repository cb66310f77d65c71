#include "files/file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <unistd.h>

#include <array>
#include <filesystem>

#include "base/error.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::files {
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
  file.write(base::as_bytes("content"));
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
    file.write(base::as_bytes(letter + piece));
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
    file.write(base::as_bytes("content"));
  }
  EXPECT_EQ(count_files(directory.path()), 0U);
}

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777U;
}

TEST(AtomicFile, ModeIsIndependentOfTheUmask) {
  const TemporaryDirectory directory;
  const mode_t before = ::umask(077);
  write_file_atomically(directory.path() / "a", "x", 0644);
  ::umask(before);
  EXPECT_EQ(mode_of(directory.path() / "a"), 0644U);
}

TEST(AtomicFile, WithoutAModeItHasThePermissionsThatTheUmaskLeaves) {
  const TemporaryDirectory directory;
  for (const mode_t mask : {0077U, 0027U, 0022U, 0002U}) {
    const fs::path path = directory.path() / std::to_string(mask);
    const mode_t before = ::umask(mask);
    write_file_atomically(path, "x");
    ::umask(before);
    EXPECT_EQ(mode_of(path), 0666U & ~mask);
  }
}

TEST(AtomicFile, WithoutAModeItKeepsThePermissionsOfWhatItReplaces) {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "a";
  for (const auto permissions : {0640U, 0604U, 0444U, 0660U}) {
    write_file_atomically(path, "x");
    ASSERT_EQ(::chmod(path.c_str(), permissions), 0);
    write_file_atomically(path, "y");
    EXPECT_EQ(mode_of(path), permissions);
    write_file_atomically(path, "secret", 0600);
    EXPECT_EQ(mode_of(path), 0600U);
  }
}

TEST(AtomicFile, KeepLeavesTheFileThatIsThere) {
  const TemporaryDirectory directory;
  const fs::path path = directory.path() / "a";
  write_file_atomically(path, "first");
  AtomicFile file(path);
  file.write(base::as_bytes("second"));
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
    } catch (const base::Error& error) {
      EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
      return base::to_string(error.code());
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
}  // namespace pinnace::files
