#include "files/seen_changes.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "files/file.hpp"
#include "support/memory_directory.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::files {
namespace {

namespace fs = std::filesystem;

/// A file that somebody writes through a mapping.
class Mapped {
 public:
  explicit Mapped(const fs::path& path) : m_path(path) {
    const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    EXPECT_EQ(::ftruncate(fd.get(), k_size), 0);
    m_memory = static_cast<char*>(
        ::mmap(nullptr, k_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0));
  }
  ~Mapped() { ::munmap(m_memory, k_size); }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;

  void write(char text) { *static_cast<volatile char*>(m_memory) = text; }
  timespec changed() const {
    struct stat status {};
    EXPECT_EQ(::stat(m_path.c_str(), &status), 0);
    return status.st_ctim;
  }

 private:
  static constexpr std::size_t k_size = 4096;
  fs::path m_path;
  char* m_memory;
};

bool same(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/// Until the clock by which files get their times has gone on.
void wait_for_tick(const fs::path& directory, const timespec& from) {
  const fs::path file = directory / "clock";
  struct stat status {};
  do {
    const UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    ASSERT_EQ(::futimens(fd.get(), nullptr), 0);
    ASSERT_EQ(::fstat(fd.get(), &status), 0);
  } while (same(status.st_ctim, from));
}

TEST(SeenChanges, OfAMappedFileShowAfterwards) {
  const test_support::TemporaryDirectory directory;
  const fs::path path = directory.path() / "file";
  Mapped file(path);
  file.write('a');
  if (is_in_memory(open_read(path))) GTEST_SKIP() << "on tmpfs they never do";
  wait_for_tick(directory.path(), file.changed());
  ASSERT_TRUE(make_changes_seen(open_read(path)));
  const timespec before = file.changed();
  wait_for_tick(directory.path(), before);
  file.write('b');
  EXPECT_FALSE(same(file.changed(), before));
}

TEST(SeenChanges, InMemoryNobodyMayWrite) {
  const test_support::MemoryDirectory directory;
  const fs::path path = directory.path() / "file";
  {
    const Mapped file(path);
    if (!is_in_memory(open_read(path))) GTEST_SKIP() << "/dev/shm is no tmpfs";
    EXPECT_FALSE(make_changes_seen(open_read(path)));
  }
  EXPECT_TRUE(make_changes_seen(open_read(path)));
  const UniqueFd writer(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  EXPECT_FALSE(make_changes_seen(open_read(path)));
}

TEST(SeenChanges, AFileWithoutAWriterTakesNothing) {
  const test_support::TemporaryDirectory directory;
  write_file_atomically(directory.path() / "file", "text");
  EXPECT_TRUE(make_changes_seen(open_read(directory.path() / "file")));
  const UniqueFd writer(::open((directory.path() / "file").c_str(), O_WRONLY | O_NONBLOCK));
  EXPECT_TRUE(writer) << "the lease has ended";
}

}  // namespace
}  // namespace pinnace::files
