#include "files/disk_usage.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "files/file.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::files {
namespace {

std::uint64_t blocks_of(const std::filesystem::path& path) {
  struct stat status {};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0);
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

TEST(DiskUsage, CountsTheBlocksOfAllThatIsThereOnce) {
  const test_support::TemporaryDirectory directory;
  const auto& top = directory.path();
  EXPECT_EQ(disk_usage(Directory(top)), 0U);
  std::filesystem::create_directory(top / "empty");
  write_file_atomically(top / "file", "x");
  write_file_atomically(top / "big", std::string(100'000, 'x'));
  std::filesystem::create_hard_link(top / "big", top / "empty" / "again");
  std::filesystem::create_symlink("/etc", top / "link");
  EXPECT_EQ(disk_usage(Directory(top)), blocks_of(top / "empty") + blocks_of(top / "file") +
                                            blocks_of(top / "big") + blocks_of(top / "link"));
}

TEST(DiskUsage, HasNoLimitOfDepth) {
  const test_support::TemporaryDirectory directory;
  std::filesystem::path path = directory.path();
  std::uint64_t expected = 0;
  for (int depth = 0; depth < 1'200; ++depth) {
    path /= "d";
    std::filesystem::create_directory(path);
    expected += blocks_of(path);
  }
  write_file_atomically(path / "deep", "x");
  expected += blocks_of(path / "deep");
  EXPECT_EQ(disk_usage(Directory(directory.path())), expected);
}

}  // namespace
}  // namespace pinnace::files
