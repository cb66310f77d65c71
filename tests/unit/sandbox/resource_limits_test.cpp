#include "sandbox/runtime/resource_limits.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "files/file.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::sandbox {
namespace {

namespace fs = std::filesystem;

class GroupSettings : public testing::Test {
 protected:
  GroupSettings() { std::ofstream(group() / "memory.max") << "max"; }
  fs::path group() const { return m_directory.path(); }
  bool write() {
    return write_settings(group().string(),
                          {{"memory.max", "1048576", true}, {"memory.swap.max", "0", false}},
                          m_left_out);
  }
  std::string content(const char* file) const { return files::read_file(group() / file, 100); }

  test_support::TemporaryDirectory m_directory;
  std::set<std::string> m_left_out;
};

TEST_F(GroupSettings, AreWritten) {
  std::ofstream(group() / "memory.swap.max") << "max";
  EXPECT_TRUE(write());
  EXPECT_EQ(content("memory.max"), "1048576");
  EXPECT_EQ(content("memory.swap.max"), "0");
  EXPECT_TRUE(m_left_out.empty());
}

TEST_F(GroupSettings, WhatTheKernelDoesNotHaveIsTold) {
  EXPECT_TRUE(write());
  EXPECT_EQ(m_left_out, (std::set<std::string>{"memory.swap.max"}));
}

/// A limit is not left out because a look at it failed.
TEST_F(GroupSettings, WhatCantBeLookedAtIsNotLeftOut) {
  fs::create_symlink("memory.swap.max", group() / "memory.swap.max");
  EXPECT_THROW((void)write(), base::Error);
}

TEST(NoteOfSwap, IsSaidWhereThereIsSwapThatIsNotLimited) {
  const std::string headings = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
  const std::string swap = headings + "/dev/sda2 partition\t2097148\t0\t-2\n";
  EXPECT_EQ(note_of_swap({}, swap), "");
  EXPECT_EQ(note_of_swap({"memory.swap.max"}, headings), "");
  EXPECT_EQ(note_of_swap({"memory.swap.max"}, ""), "");
  EXPECT_NE(note_of_swap({"memory.swap.max"}, swap).find("no memory.swap.max"), std::string::npos);
}

}  // namespace
}  // namespace pinnace::sandbox
