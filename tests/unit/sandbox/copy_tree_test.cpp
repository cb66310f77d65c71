#include "sandbox/trees/copy_tree.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "files/file.hpp"
#include "sandbox/system/system.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::sandbox {
namespace {

struct stat status_of(const std::string& path) {
  struct stat status {};
  require(::lstat(path.c_str(), &status), "look at " + path);
  return status;
}

class CopyTree : public testing::Test {
 protected:
  CopyTree() { make_directory(m_from); }
  void copy(HardLinks links = HardLinks::keep) const {
    const tree::OpenRoot root(m_directory.path());
    copy_tree(root, tree::RootedPath("from"), root, tree::RootedPath("to"), links);
  }

  test_support::TemporaryDirectory m_directory;
  const std::string m_from = (m_directory.path() / "from").string();
  const std::string m_to = (m_directory.path() / "to").string();
};

TEST_F(CopyTree, KeepsWhatALayerKnows) {
  make_directory(m_from + "/d", 0750);
  write_file(m_from + "/d/f", "content");
  ASSERT_EQ(::chmod((m_from + "/d/f").c_str(), 04711), 0);
  ASSERT_EQ(::link((m_from + "/d/f").c_str(), (m_from + "/hard").c_str()), 0);
  ASSERT_EQ(::symlink("nowhere", (m_from + "/soft").c_str()), 0);
  ASSERT_EQ(::mkfifo((m_from + "/pipe").c_str(), 0600), 0);
  ASSERT_EQ(::setxattr((m_from + "/d/f").c_str(), "user.note", "x", 1, 0), 0);
  const std::array<timespec, 2> times = {timespec{5, 6}, timespec{7, 8}};
  for (const char* path : {"/d/f", "/soft", "/d"})
    ASSERT_EQ(::utimensat(AT_FDCWD, (m_from + path).c_str(), times.data(), AT_SYMLINK_NOFOLLOW), 0);

  copy();

  EXPECT_EQ(files::read_file(m_to + "/d/f", 100), "content");
  EXPECT_EQ(status_of(m_to + "/d/f").st_mode, S_IFREG | 04711U);
  EXPECT_EQ(status_of(m_to + "/d").st_mode, S_IFDIR | 0750U);
  EXPECT_EQ(status_of(m_to + "/hard").st_ino, status_of(m_to + "/d/f").st_ino);
  EXPECT_NE(status_of(m_to + "/hard").st_ino, status_of(m_from + "/hard").st_ino);
  EXPECT_EQ(std::filesystem::read_symlink(m_to + "/soft"), "nowhere");
  EXPECT_TRUE(S_ISFIFO(status_of(m_to + "/pipe").st_mode));
  EXPECT_EQ(attributes_of(tree::OpenRoot(m_to), tree::RootedPath("d/f")),
            (std::map<std::string, std::string>{{"user.note", "x"}}));
  for (const char* path : {"/d/f", "/soft", "/d"}) {
    EXPECT_EQ(status_of(m_to + path).st_mtim.tv_sec, 7) << path;
    EXPECT_EQ(status_of(m_to + path).st_mtim.tv_nsec, 8) << path;
  }
}

TEST_F(CopyTree, GivesEachNameAFileOfItsOwn) {
  write_file(m_from + "/f", "content");
  ASSERT_EQ(::link((m_from + "/f").c_str(), (m_from + "/hard").c_str()), 0);
  copy(HardLinks::split);
  EXPECT_NE(status_of(m_to + "/hard").st_ino, status_of(m_to + "/f").st_ino);
  EXPECT_EQ(files::read_file(m_to + "/hard", 100), "content");
}

TEST_F(CopyTree, LeavesHolesHoles) {
  constexpr off_t k_size = off_t{1} << 40;
  write_file(m_from + "/sparse", "start");
  ASSERT_EQ(::truncate((m_from + "/sparse").c_str(), k_size), 0);
  write_file(m_from + "/hole", "");
  ASSERT_EQ(::truncate((m_from + "/hole").c_str(), 12345), 0);
  copy();
  EXPECT_EQ(status_of(m_to + "/sparse").st_size, k_size);
  EXPECT_LT(status_of(m_to + "/sparse").st_blocks, 1000);
  EXPECT_EQ(status_of(m_to + "/hole").st_size, 12345);
  std::array<char, 6> text{};
  const files::UniqueFd fd(::open((m_to + "/sparse").c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::read(fd.get(), text.data(), 6), 6);
  EXPECT_STREQ(text.data(), "start");
}

TEST_F(CopyTree, WhatChangesLaterHasALaterTime) {
  write_file(m_from + "/f", "1");
  const timespec before = status_of(m_from + "/f").st_ctim;
  const timespec mark = wait_for_later_timestamps(m_directory.path().string());
  EXPECT_TRUE(is_earlier(before, mark));
  write_file(m_from + "/f", "2");
  EXPECT_FALSE(is_earlier(status_of(m_from + "/f").st_ctim, mark));
}

}  // namespace
}  // namespace pinnace::sandbox
