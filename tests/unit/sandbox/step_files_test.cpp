#include "sandbox/trees/step_files.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "files/file.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::sandbox {
namespace {

namespace fs = std::filesystem;
using layer::ShownTime;
using tree::OpenRoot;
using tree::RootedPath;

class StepFilesTest : public testing::Test {
 protected:
  StepFilesTest() {
    for (const char* name : {"from", "to"}) fs::create_directory(m_directory.path() / name);
    fs::create_directories(m_from / "w/d");
    files::write_file_atomically(m_from / "w/a", "1");
    files::write_file_atomically(m_from / "old", "1");
    fs::create_symlink("a", m_from / "w/l");
    const OpenRoot root(m_from);
    for (const char* path : {"w", "w/a", "w/l", "w/d"}) set(root, path, m_step);
    set(root, "old", {5, 0});
  }
  static void set(const OpenRoot& root, const std::string& path, const ShownTime& time) {
    const timespec both{time.seconds, static_cast<long>(time.nanoseconds)};
    root.set_times(RootedPath(path), both, both);
  }
  StepFiles files(const std::string& part = "") const {
    return step_files(OpenRoot(m_from), RootedPath(part), m_times);
  }
  static ShownTime time_of(const fs::path& path) {
    struct stat status {};
    EXPECT_EQ(::lstat(path.c_str(), &status), 0);
    return {status.st_mtim.tv_sec, static_cast<std::uint32_t>(status.st_mtim.tv_nsec)};
  }

  test_support::TemporaryDirectory m_directory;
  const fs::path m_from = m_directory.path() / "from";
  const fs::path m_to = m_directory.path() / "to";
  layer::ShownTimes m_times;
  const ShownTime m_step = m_times.add_layer({0}, {layer::TimesOf::step, 0}, 1'000).at(0);
};

TEST_F(StepFilesTest, AreThoseThatHaveATimeOfTheClock) {
  const StepFiles all = files();
  EXPECT_EQ(all.size(), 4);
  EXPECT_FALSE(all.contains("old"));
  EXPECT_EQ(all.at("w/a").shown, m_step);
  EXPECT_EQ(files("w/a").size(), 1) << "a part of the tree";
}

TEST_F(StepFilesTest, ContentIsOfFilesLinksAndNames) {
  const StepFiles before = files();
  files::write_file_atomically(m_from / "w/a", "2");
  fs::remove(m_from / "w/l");
  fs::create_symlink("b", m_from / "w/l");
  files::write_file_atomically(m_from / "w/d/new", "");
  for (const char* path : {"w", "w/a", "w/l", "w/d"}) set(OpenRoot(m_from), path, m_step);
  const StepFiles after = files();
  for (const char* path : {"w/a", "w/l", "w/d"})
    EXPECT_NE(before.at(path).content, after.at(path).content) << path;
  EXPECT_EQ(before.at("w").content, after.at("w").content);
}

TEST_F(StepFilesTest, ACopyHasWhatGetsOtherTimesAndTheDirectoriesAbove) {
  fs::permissions(m_from / "w", fs::perms(0705));
  set(OpenRoot(m_from), "w", m_step);
  const ShownTime anew{2'000'000'000, 7};
  copy_with_times(OpenRoot(m_from), OpenRoot(m_to), {{"w/a", anew}, {"w/d", anew}, {"w/l", anew}});
  for (const char* path : {"w/a", "w/d", "w/l"}) EXPECT_EQ(time_of(m_to / path), anew) << path;
  EXPECT_EQ(files::read_file(m_to / "w/a", 10), "1");
  EXPECT_EQ(fs::read_symlink(m_to / "w/l"), "a");
  EXPECT_EQ(time_of(m_to / "w"), m_step);
  EXPECT_EQ(fs::status(m_to / "w").permissions(), fs::perms(0705));
  EXPECT_FALSE(fs::exists(m_to / "old"));
  EXPECT_EQ(time_of(m_to), time_of(m_from));
}

}  // namespace
}  // namespace pinnace::sandbox
