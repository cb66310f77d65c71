#include "local/detached.hpp"

#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "base/error.hpp"
#include "files/file.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::local::detached {
namespace {

namespace fs = std::filesystem;
using Time = std::chrono::system_clock::time_point;

/// A process that waits until it is killed.
class Waiting {
 public:
  Waiting() : m_pid(::fork()) {
    if (m_pid != 0) return;
    for (;;) ::pause();
  }
  ~Waiting() { end(SIGKILL); }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

  pid_t pid() const { return m_pid; }
  bool runs() const { return ::waitpid(m_pid, nullptr, WNOHANG) == 0; }
  /// The signal that it ended by.
  int end(int number) {
    if (m_pid <= 0) return 0;
    int status = 0;
    ::kill(m_pid, number);
    ::waitpid(m_pid, &status, 0);
    m_pid = -1;
    return WTERMSIG(status);
  }

 private:
  pid_t m_pid;
};

class DetachedTest : public testing::Test {
 protected:
  void set_watcher(pid_t pid) { files::write_file_atomically(lock(), std::to_string(pid)); }
  fs::path lock() const { return m_directory.path() / "lock"; }

  test_support::TemporaryDirectory m_directory;
};

TEST_F(DetachedTest, ThoseWhoAskAreNotTakenForTheWatcher) {
  set_watcher(1);
  const files::FileLock asker(lock(), files::FileLock::Mode::shared);
  EXPECT_FALSE(is_watched(m_directory.path()));
}

TEST_F(DetachedTest, TheWatcherIsSignalled) {
  Waiting watcher;
  set_watcher(watcher.pid());
  const files::FileLock held(lock(), files::FileLock::Mode::exclusive);
  EXPECT_TRUE(is_watched(m_directory.path()));
  EXPECT_TRUE(signal_watcher(m_directory.path(), SIGTERM));
  EXPECT_EQ(watcher.end(0), SIGTERM);
}

TEST_F(DetachedTest, WhoHasTheNumberOfADeadWatcherIsNot) {
  Waiting innocent;
  set_watcher(innocent.pid());
  EXPECT_FALSE(signal_watcher(m_directory.path(), SIGKILL));
  EXPECT_TRUE(innocent.runs());
}

/// One that runs is not removed because nobody could look whether it does.
TEST_F(DetachedTest, WhatCantBeLookedAtHasNotEnded) {
  const fs::path container = m_directory.path() / "a10000000000";
  const files::UniqueFd held = make(container, "oci:web");
  fs::remove(container / "lock");
  fs::create_symlink("lock", container / "lock");  // leads to itself
  EXPECT_THROW((void)is_watched(container), base::Error);
  EXPECT_THROW((void)watcher_of(container), base::Error);
  EXPECT_THROW(collect(m_directory.path(), Time::max()), base::Error);
  EXPECT_TRUE(fs::exists(container));
  fs::remove(container / "lock");
  EXPECT_FALSE(is_watched(container)) << "it is not there";
}

/// Who is asked to stop it, or collects, meanwhile, would take it for one that has ended.
TEST_F(DetachedTest, ANewOneIsNotSeenBeforeItIsWatched) {
  const files::UniqueFd changes(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  ASSERT_GE(::inotify_add_watch(changes.get(), m_directory.path().c_str(), IN_CREATE | IN_MOVED_TO),
            0);
  const fs::path container = m_directory.path() / "a10000000000";
  const files::UniqueFd held = make(container, "oci:web");
  EXPECT_TRUE(is_container(container));
  EXPECT_TRUE(is_watched(container));
  EXPECT_EQ(files::read_file(container / "image", 100), "oci:web");
  alignas(inotify_event) std::array<char, 4096> events;
  const ssize_t size = ::read(changes.get(), events.data(), events.size());
  for (ssize_t at = 0; at < size;) {
    const auto* event = reinterpret_cast<const inotify_event*>(events.data() + at);
    const bool is_made = (event->mask & IN_CREATE) != 0;
    EXPECT_FALSE(is_made && std::string(event->name) == "a10000000000") << "it is made in place";
    at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
  }
  EXPECT_EQ(collect(m_directory.path(), Time::max()).removed_files, 0U);
}

TEST_F(DetachedTest, WhatHasEndedIsCollected) {
  const fs::path container = m_directory.path() / "a10000000000";
  make(container, "oci:web").reset();
  EXPECT_EQ(collect(m_directory.path(), {}).removed_files, 0U);
  EXPECT_EQ(collect(m_directory.path(), Time::max()).removed_files, 1U);
  EXPECT_FALSE(fs::exists(container));
}

}  // namespace
}  // namespace pinnace::local::detached
