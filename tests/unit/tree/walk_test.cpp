#include "tree/walk.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "files/file.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::tree {
namespace {

namespace fs = std::filesystem;
using archive::EntryType;

const Chooser k_all = [](std::string_view, bool) { return Choice{}; };

class WalkTest : public testing::Test {
 protected:
  void write(const std::string& path, std::string_view text, mode_t mode = 0644) {
    fs::create_directories((m_directory.path() / path).parent_path());
    files::write_file_atomically(m_directory.path() / path, text, mode);
  }
  FileTree walk(const std::string& from, const std::string& to, const Attributes& attributes = {},
                const Chooser& choose = k_all) {
    FileTree tree;
    add_path(tree, {}, std::make_shared<files::Directory>(m_directory.path()), from, to, attributes,
             choose);
    return tree;
  }
  static std::string list(const FileTree& tree) {
    std::string text;
    for (const TreeEntry& entry : tree.entries()) text += entry.header.path + " ";
    return text;
  }

  test_support::TemporaryDirectory m_directory;
};

TEST_F(WalkTest, TakesADirectoryWithAllThatIsInIt) {
  write("src/b/file", "x");
  write("src/a", "yy");
  write("src/b-c", "");
  EXPECT_EQ(list(walk("src", "opt")), "opt opt/a opt/b opt/b-c opt/b/file ");
}

TEST_F(WalkTest, NormalisesModeOwnerAndTime) {
  write("tool", "x", 0700);
  write("text", "x", 0600);
  Attributes attributes;
  attributes.uid = 1000;
  attributes.gid = 1001;
  attributes.mtime = 42;
  const FileTree tree = walk("", "opt", attributes);
  EXPECT_EQ(tree.find("opt/tool")->header.mode, 0755U);
  EXPECT_EQ(tree.find("opt/text")->header.mode, 0644U);
  EXPECT_EQ(tree.find("opt")->header.mode, 0755U);
  EXPECT_EQ(tree.find("opt/text")->header.uid, 1000U);
  EXPECT_EQ(tree.find("opt/text")->header.gid, 1001U);
  EXPECT_EQ(tree.find("opt/text")->header.mtime, 42);
}

TEST_F(WalkTest, KeepsWhatNoUmaskExplainsAndTellsWhatItOpens) {
  write("d/tool", "x", 0755);
  write("d/key", "x", 0600);
  write("d/open", "x", 0644);
  ASSERT_EQ(::chmod((m_directory.path() / "d/tool").c_str(), 04711), 0);
  ASSERT_EQ(::chmod((m_directory.path() / "d").c_str(), 01777), 0);
  Attributes attributes;
  const FileTree tree = walk("d", "opt", attributes);
  EXPECT_EQ(tree.find("opt/tool")->header.mode, 04711U);
  EXPECT_EQ(tree.find("opt/key")->header.mode, 0644U);
  EXPECT_EQ(tree.find("opt")->header.mode, 01777U);
  EXPECT_EQ(opened_up(tree).count, 1U);
  EXPECT_EQ(opened_up(tree).first, "opt/key");
  attributes.modes = Modes::keep;
  const FileTree kept = walk("d", "opt", attributes);
  EXPECT_EQ(kept.find("opt/key")->header.mode, 0600U);
  EXPECT_EQ(opened_up(kept).count, 0U);
  attributes.modes = Modes::normalize;
  attributes.file_mode = 0644;
  EXPECT_EQ(opened_up(walk("d", "opt", attributes)).count, 0U) << "somebody has said so";
}

TEST_F(WalkTest, SetgidStaysWhereADirectoryDoesNotHaveItFromItsParent) {
  write("plain/shared/inherits/f", "x");
  const std::filesystem::path root = m_directory.path();
  for (const char* name : {"plain/shared", "plain/shared/inherits"})
    ASSERT_EQ(::chmod((root / name).c_str(), 02775), 0);
  const FileTree tree = walk("plain", "opt");
  EXPECT_EQ(tree.find("opt/shared")->header.mode, 02775U);
  EXPECT_EQ(tree.find("opt/shared/inherits")->header.mode, 0755U);
  EXPECT_EQ(walk("plain/shared", "opt").find("opt")->header.mode, 02775U) << "named itself";
  EXPECT_EQ(walk("plain/shared/inherits", "opt").find("opt")->header.mode, 0755U);
}

TEST_F(WalkTest, GivenModesWin) {
  write("d/tool", "x", 0700);
  Attributes attributes;
  attributes.file_mode = 04711;
  attributes.directory_mode = 01777;
  const FileTree tree = walk("d", "opt", attributes);
  EXPECT_EQ(tree.find("opt/tool")->header.mode, 04711U);
  EXPECT_EQ(tree.find("opt")->header.mode, 01777U);
}

TEST_F(WalkTest, KeepsLinksBelowAndFollowsTheFirstOne) {
  write("real/file", "x");
  fs::create_symlink("file", m_directory.path() / "real/link");
  fs::create_directory_symlink("real", m_directory.path() / "alias");
  const FileTree tree = walk("alias", "opt");
  EXPECT_EQ(list(tree), "opt opt/file opt/link ");
  EXPECT_EQ(tree.find("opt/link")->header.type, EntryType::symlink);
  EXPECT_EQ(tree.find("opt/link")->header.link_target, "file");
}

TEST_F(WalkTest, RefusesWhatLeadsOutside) {
  fs::create_symlink("/etc/passwd", m_directory.path() / "out");
  fs::create_directory_symlink("../..", m_directory.path() / "up");
  EXPECT_THROW(walk("out", "x"), base::Error);
  EXPECT_THROW(walk("up", "x"), base::Error);
  EXPECT_THROW(walk("../etc", "x"), base::Error);
  EXPECT_THROW(walk("missing", "x"), base::Error);
}

TEST_F(WalkTest, RefusesSpecialFiles) {
  write("d/file", "x");
  ASSERT_EQ(::mkfifo((m_directory.path() / "d/pipe").c_str(), 0600), 0);
  try {
    walk("d", "x");
    FAIL() << "a FIFO was taken";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::invalid_input);
    EXPECT_NE(std::string(error.what()).find("d/pipe"), std::string::npos);
  }
}

TEST_F(WalkTest, TheChooserLeavesOut) {
  write("d/keep/a", "x");
  write("d/drop/b", "x");
  const auto choose = [](std::string_view path, bool) {
    return Choice{path != "d/drop", path != "d/drop"};
  };
  EXPECT_EQ(list(walk("d", "x", {}, choose)), "x x/keep x/keep/a ");
}

TEST_F(WalkTest, RemembersInodesOfHardLinks) {
  write("a", "x");
  fs::create_hard_link(m_directory.path() / "a", m_directory.path() / "b");
  write("c", "x");
  const FileTree tree = walk("", "");
  EXPECT_TRUE(tree.find("a")->content.inode.has_value());
  EXPECT_EQ(tree.find("a")->content.inode, tree.find("b")->content.inode);
  EXPECT_FALSE(tree.find("c")->content.inode.has_value());
}

TEST(FileTree, ALaterEntryReplacesButNotADirectory) {
  FileTree tree;
  TreeEntry file;
  file.header.path = "a";
  file.header.size = 1;
  tree.add(file);
  file.header.size = 2;
  tree.add(file);
  EXPECT_EQ(tree.content_size(), 2U);
  file.header.type = EntryType::directory;
  file.header.size = 0;
  EXPECT_THROW(tree.add(file), base::Error);
}

}  // namespace
}  // namespace pinnace::tree
