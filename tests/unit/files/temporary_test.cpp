#include "files/temporary.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "files/scratch.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::files {
namespace {

namespace fs = std::filesystem;

class TemporaryTest : public testing::Test {
 protected:
  fs::path put(const std::string& name) const {
    const fs::path path = m_directory.path() / name;
    write_cache_file(path, "12345");
    return path;
  }

  test_support::TemporaryDirectory m_directory;
};

TEST_F(TemporaryTest, WhatNobodyUsesIsRemoved) {
  const fs::path file = put(".pinnace-tmp-dead");
  const fs::path below = put(".pinnace-tmp-killed/blobs/1");
  const fs::path other = put("pinnace-tmp-mine");
  const AtomicFile used(m_directory.path() / "used");
  const Abandoned removed = remove_abandoned(Directory(m_directory.path()));
  EXPECT_EQ(removed.count, 2U);
  EXPECT_GE(removed.bytes, 10U) << "blocks of the disk";
  EXPECT_FALSE(fs::exists(file));
  EXPECT_FALSE(fs::exists(below.parent_path().parent_path()));
  EXPECT_TRUE(fs::exists(other));
  EXPECT_EQ(std::distance(fs::directory_iterator(m_directory.path()), {}), 2);
}

TEST_F(TemporaryTest, AScratchDirectoryIsMadeWhenItIsNeededAndTakesTheDeadAway) {
  const fs::path dead = put("tmp/.pinnace-tmp-killed/1");
  {
    const ScratchDirectory first(m_directory.path() / "tmp");
    EXPECT_TRUE(fs::exists(dead));
    EXPECT_TRUE(fs::is_empty(first.path()));
    EXPECT_FALSE(fs::exists(dead));
    const ScratchDirectory second(m_directory.path() / "tmp");
    EXPECT_NE(second.path(), first.path());
    EXPECT_TRUE(fs::exists(first.path()));
  }
  EXPECT_TRUE(fs::is_empty(m_directory.path() / "tmp"));
}

/// Directories in each other, so many that no process may have all of them open.
void make_deep(const fs::path& top) {
  constexpr int k_levels = 600;
  fs::create_directory(top);
  UniqueFd at(::open(top.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int level = 0; level < k_levels; ++level) {
    ASSERT_EQ(::mkdirat(at.get(), "d", 0755), 0);
    at = UniqueFd(::openat(at.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
}

TEST_F(TemporaryTest, WhatIsDeepIsRemovedWithFewDescriptors) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit few{std::min<rlim_t>(limit.rlim_cur, 300), limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  fs::create_directory(m_directory.path() / ".pinnace-tmp-dead");
  make_deep(m_directory.path() / ".pinnace-tmp-dead/deep");
  EXPECT_EQ(remove_abandoned(Directory(m_directory.path())).count, 1U);
  {
    const ScratchDirectory scratch(m_directory.path());
    make_deep(scratch.path() / "deep");
  }
  EXPECT_TRUE(fs::is_empty(m_directory.path()));
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/// From now on flock() fails so in this process.
void refuse_flock(unsigned error) {
  std::array<sock_filter, 4> program = {{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
                                         BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_flock, 0, 1),
                                         BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
                                         BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
  const sock_fprog filter{program.size(), program.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
    std::_Exit(100);
}

TEST_F(TemporaryTest, AFileSystemWithoutFlockIsGoodEnough) {
  for (const unsigned error : {unsigned{ENOSYS}, unsigned{ENOLCK}, unsigned{EOPNOTSUPP}}) {
    const auto use = [&] {
      refuse_flock(error);
      write_file_atomically(m_directory.path() / "file", "text");
      const ScratchDirectory scratch(m_directory.path());
      const bool there = fs::is_directory(scratch.path());
      const Abandoned removed = remove_abandoned(Directory(m_directory.path()));
      std::_Exit(there && removed.count == 0 ? 0 : 1);
    };
    EXPECT_EXIT(use(), testing::ExitedWithCode(0), "") << error;
  }
  EXPECT_EQ(read_file(m_directory.path() / "file", 100), "text");
}

}  // namespace
}  // namespace pinnace::files
