#include "files/directory.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/error.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::files {
namespace {

namespace fs = std::filesystem;

class DirectoryTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(m_root / "in/deep");
    write_file_atomically(m_root / "in/deep/file", "inside");
    write_file_atomically(m_top.path() / "secret", "canary");
    fs::create_symlink("deep/file", m_root / "in/link");
    fs::create_symlink("../../secret", m_root / "in/up");
    fs::create_symlink(m_top.path() / "secret", m_root / "in/absolute");
    fs::create_directory_symlink("..", m_root / "in/parent");
  }
  std::string read(std::string_view path, Directory::Links links) {
    const Directory directory(m_root);
    FileSource source(directory.open(path, links), "x");
    return base::read_all(source, 100, "x");
  }
  std::string error_of(std::string_view path, Directory::Links links) {
    try {
      read(path, links);
    } catch (const base::Error& error) {
      return std::string(base::to_string(error.code()));
    }
    return "read";
  }

  test_support::TemporaryDirectory m_top;
  fs::path m_root = m_top.path() / "root";
};

TEST_F(DirectoryTest, ReadsBelowItself) {
  EXPECT_EQ(read("in/deep/file", Directory::Links::refuse), "inside");
  EXPECT_EQ(read("in/link", Directory::Links::follow), "inside");
  EXPECT_EQ(read("in/parent/in/deep/file", Directory::Links::follow), "inside");
}

TEST_F(DirectoryTest, NeverLeavesItself) {
  using Links = Directory::Links;
  EXPECT_EQ(error_of("../secret", Links::follow), "invalid_input");
  EXPECT_EQ(error_of("in/up", Links::follow), "invalid_input");
  EXPECT_EQ(error_of("in/absolute", Links::follow), "invalid_input");
  EXPECT_EQ(error_of("in/parent/../../secret", Links::follow), "invalid_input");
  EXPECT_EQ(error_of("/etc/passwd", Links::follow), "invalid_input");
  EXPECT_EQ(error_of("in/link", Links::refuse), "invalid_input");
  EXPECT_EQ(error_of("missing", Links::follow), "not_found");
  EXPECT_EQ(error_of("in/link/x", Links::follow), "invalid_input");
}

TEST_F(DirectoryTest, TheFallbackAnswersAsTheKernelDoes) {
  const Directory directory(m_root);
  for (const std::string path :
       {"in/deep/file", "in/link", "in/parent/in/deep/file", "../secret", "in/up", "in/absolute",
        "/etc/passwd", "in/parent/../../secret", "missing", "in/link/x", "in", ".", "in/deep/..",
        "in/missing/..", "in//deep/./file"}) {
    for (const Links links : {Links::follow, Links::refuse}) {
      const UniqueFd expected(open_beneath(directory.fd(), path, O_RDONLY, links));
      const int expected_error = errno;
      const UniqueFd actual(open_beneath_by_steps(directory.fd(), path, O_RDONLY, links));
      ASSERT_EQ(static_cast<bool>(expected), static_cast<bool>(actual)) << path;
      if (!expected) {
        EXPECT_EQ(errno, expected_error) << path;
        continue;
      }
      struct stat a {};
      struct stat b {};
      ASSERT_EQ(::fstat(expected.get(), &a) + ::fstat(actual.get(), &b), 0);
      EXPECT_EQ(a.st_ino, b.st_ino) << path;
    }
  }
}

TEST_F(DirectoryTest, StatusDoesNotFollowTheLastLink) {
  const Directory directory(m_root);
  EXPECT_TRUE(S_ISLNK(directory.status("in/link")->st_mode));
  EXPECT_TRUE(S_ISDIR(directory.status("in")->st_mode));
  EXPECT_FALSE(directory.status("in/missing").has_value());
  EXPECT_FALSE(directory.status("missing/x").has_value());
}

TEST_F(DirectoryTest, NamesAreSortedByBytes) {
  const Directory directory(m_root / "in");
  EXPECT_EQ(directory.names(),
            (std::vector<std::string>{"absolute", "deep", "link", "parent", "up"}));
}

TEST(Directory, MustBeADirectory) {
  const test_support::TemporaryDirectory top;
  write_file_atomically(top.path() / "file", "");
  EXPECT_THROW(Directory(top.path() / "file"), base::Error);
  EXPECT_THROW(Directory(top.path() / "missing"), base::Error);
}

}  // namespace
}  // namespace pinnace::files
