#include "userfile/passing_lock.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <future>
#include <thread>

#include "base/context.hpp"
#include "base/error.hpp"
#include "files/file.hpp"
#include "files/temporary.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::userfile {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

class PassingLockTest : public testing::Test {
 protected:
  const fs::path& directory() const { return m_directory.path(); }
  base::ErrorCode code_of_another(milliseconds patience) const {
    try {
      const PassingLock lock({}, directory(), patience);
    } catch (const base::Error& error) {
      return error.code();
    }
    return base::ErrorCode::internal;
  }

  test_support::TemporaryDirectory m_directory;
};

TEST_F(PassingLockTest, OneHasItAndNothingStays) {
  {
    const PassingLock lock({}, directory());
    EXPECT_EQ(code_of_another(milliseconds(0)), base::ErrorCode::unavailable);
    EXPECT_EQ(files::remove_abandoned(files::Directory(directory())).count, 0U) << "it is in use";
    EXPECT_EQ(code_of_another(milliseconds(0)), base::ErrorCode::unavailable);
  }
  EXPECT_TRUE(fs::is_empty(directory()));
  EXPECT_EQ(code_of_another(milliseconds(0)), base::ErrorCode::internal);
}

TEST_F(PassingLockTest, WhatOthersLockIsTheirs) {
  const files::UniqueFd fd(::open(directory().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(::flock(fd.get(), LOCK_EX), 0);
  EXPECT_EQ(code_of_another(milliseconds(0)), base::ErrorCode::internal);
}

TEST_F(PassingLockTest, ManyHaveItOneAfterTheOther) {
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int turn = 0; turn < 20; ++turn) {
        const PassingLock lock({}, directory());
        most = std::max(most.load(), ++inside);
        std::this_thread::yield();
        --inside;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(most, 1);
  EXPECT_TRUE(fs::is_empty(directory()));
}

TEST_F(PassingLockTest, WhatAKilledProcessLeftIsTaken) {
  files::write_file_atomically(directory() / ".pinnace-tmp-lock", "");
  EXPECT_EQ(code_of_another(milliseconds(0)), base::ErrorCode::internal);
  EXPECT_TRUE(fs::is_empty(directory()));
}

TEST_F(PassingLockTest, WaitingEndsWithAStop) {
  const PassingLock lock({}, directory());
  std::stop_source stop;
  base::Context context;
  context.stop = stop.get_token();
  stop.request_stop();
  try {
    const PassingLock other(context, directory());
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::cancelled);
  }
}

/// In /tmp anybody can put a file under any name.
TEST_F(PassingLockTest, WhatAnotherUserPlantedHoldsNobodyOff) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can be another user";
  ASSERT_EQ(::chmod(directory().c_str(), 01777), 0);
  const fs::path planted = directory() / ".pinnace-tmp-lock-0";
  const files::UniqueFd fd(::open(planted.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  ASSERT_EQ(::fchown(fd.get(), 65534, 65534), 0);
  ASSERT_EQ(::flock(fd.get(), LOCK_EX), 0);
  EXPECT_EQ(code_of_another(milliseconds(0)), base::ErrorCode::internal);
  EXPECT_TRUE(fs::exists(planted));
}

TEST_F(PassingLockTest, WhereNoneCanBeEverybodyHasIt) {
  const PassingLock lock({}, directory() / "absent");
}

}  // namespace
}  // namespace pinnace::userfile
