#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <vector>

#include "base/error.hpp"
#include "disk/gc.hpp"
#include "support/image_samples.hpp"
#include "support/temporary_directory.hpp"

// Several processes on one layout: writers, garbage collectors, and writers that are killed.

namespace pinnace::store {
namespace {

using test_support::index_of;
using test_support::put_image_blobs;

/// Runs `action` in a child, which exits with 0, or 1 for an exception.
pid_t spawn(const std::function<void()>& action) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  try {
    action();
  } catch (const std::exception& error) {
    static_cast<void>(::write(STDERR_FILENO, error.what(), std::string_view(error.what()).size()));
    ::_exit(1);
  }
  ::_exit(0);
}

int wait_for(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

std::string tag_of(unsigned process, unsigned round) {
  return "p" + std::to_string(process) + "-" + std::to_string(round);
}

void write_images(const std::filesystem::path& path, unsigned process, unsigned rounds) {
  const base::Context context;
  for (unsigned round = 0; round < rounds; ++round) {
    disk::OciLayout layout(path, disk::OciLayout::Missing::create);
    put_bytes(layout, context, "garbage of " + tag_of(process, round), "text/plain");
    const auto own = put_image_blobs(layout, context, tag_of(process, round));
    const auto shared = put_image_blobs(layout, context, "shared " + std::to_string(round));
    layout.put_manifest(context, own, "");
    layout.put_manifest(context, shared, "latest");
    layout.put_manifest(context, index_of({own, shared}), tag_of(process, round));
  }
}

TEST(Processes, FourWritersAndACollectorLoseNothing) {
  constexpr unsigned k_writers = 4;
  constexpr unsigned k_rounds = 6;
  const test_support::TemporaryDirectory directory;
  const auto path = directory.path() / "layout";
  std::vector<pid_t> children;
  for (unsigned id = 0; id < k_writers; ++id) {
    children.push_back(spawn([&, id] { write_images(path, id, k_rounds); }));
  }
  children.push_back(spawn([&] {
    disk::OciLayout layout(path, disk::OciLayout::Missing::create);
    put_bytes(layout, {}, "first", "text/plain");
    for (int i = 0; i < 10; ++i) {
      const auto result = disk::collect_garbage({}, layout, {std::chrono::seconds(30)});
      if (!result.problems.empty()) throw std::runtime_error(result.problems[0].message);
    }
  }));
  for (const pid_t child : children) EXPECT_EQ(wait_for(child), 0);
  disk::OciLayout layout(path, disk::OciLayout::Missing::refuse);
  EXPECT_EQ(layout.tags({}).size(), k_writers * k_rounds + 1);
  const auto problems = disk::validate({}, layout);
  EXPECT_TRUE(problems.empty()) << problems[0].message;
  disk::collect_garbage({}, layout);
  EXPECT_EQ(disk::collect_garbage({}, layout).blobs_removed, 0U);
  EXPECT_TRUE(disk::validate({}, layout).empty());
}

/// The parent learns of each step through a pipe, and kills at the one it
/// wants.
class KillPoint final : public base::Source {
 public:
  KillPoint(std::string bytes, int fd) : m_bytes(std::move(bytes)), m_fd(fd) {}
  std::size_t read(std::span<std::byte> buffer) override {
    static_cast<void>(::write(m_fd, "r", 1));
    return m_bytes.read(buffer.first(std::min<std::size_t>(buffer.size(), 1000)));
  }

 private:
  base::StringSource m_bytes;
  int m_fd;
};

constexpr unsigned k_images = 6;  ///< 8 steps each

void write_slowly(const std::filesystem::path& path, int fd) {
  const base::Context context;
  disk::OciLayout layout(path, disk::OciLayout::Missing::create);
  for (unsigned i = 0; i < k_images; ++i) {
    const std::string bytes = test_support::sample_bytes(5000, i);
    put_bytes(layout, context, "config" + std::to_string(i), "text/plain");
    layout.put_blob(context, test_support::descriptor_of(bytes, "text/plain"),
                    [&] { return std::make_unique<KillPoint>(bytes, fd); });
    static_cast<void>(::write(fd, "b", 1));
    layout.put_manifest(context, put_image_blobs(layout, context, bytes), "v" + std::to_string(i));
    static_cast<void>(::write(fd, "m", 1));
  }
}

/// Kills a writer when it has told of `steps` steps.
void kill_after(const std::filesystem::path& path, unsigned steps) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const pid_t child = spawn([&] { write_slowly(path, ends[1]); });
  ::close(ends[1]);
  char step = 0;
  for (unsigned i = 0; i < steps; ++i) {
    if (::read(ends[0], &step, 1) != 1) break;
  }
  ::kill(child, SIGKILL);
  wait_for(child);
  ::close(ends[0]);
}

TEST(Processes, AKilledWriterLeavesAValidLayout) {
  const test_support::TemporaryDirectory directory;
  for (unsigned steps = 0; steps < 50; steps += 4) {
    const auto path = directory.path() / std::to_string(steps);
    kill_after(path, steps);
    disk::OciLayout layout(path, disk::OciLayout::Missing::create);
    EXPECT_TRUE(disk::validate({}, layout).empty()) << steps;
    // The lock of a dead process is gone, so this need not wait; and the next run finishes the
    // work.
    put_bytes(layout, {}, "rerun", "text/plain");
    const auto collected = disk::collect_garbage({}, layout, {std::chrono::milliseconds(0)});
    EXPECT_TRUE(collected.problems.empty()) << steps;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      EXPECT_FALSE(entry.path().filename().string().starts_with(".pinnace-tmp-")) << entry.path();
    }
    const pid_t again = spawn([&] { write_slowly(path, STDERR_FILENO + 100); });
    EXPECT_EQ(wait_for(again), 0) << steps;
    EXPECT_EQ(layout.tags({}).size(), k_images) << steps;
    EXPECT_TRUE(disk::validate({}, layout).empty()) << steps;
  }
}

}  // namespace
}  // namespace pinnace::store
