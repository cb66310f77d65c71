#include "local/detached.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "files/file.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::local::detached {
namespace {

namespace fs = std::filesystem;

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

}  // namespace
}  // namespace pinnace::local::detached
