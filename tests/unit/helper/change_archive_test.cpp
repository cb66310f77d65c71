#include "helper/change_archive.hpp"

#include <gtest/gtest.h>

#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::helper {
namespace {

using archive::EntryType;

archive::TarEntry entry(EntryType type, const std::string& path, const std::string& target = {}) {
  archive::TarEntry entry;
  entry.type = type;
  entry.path = path;
  entry.link_target = target;
  return entry;
}

std::string tar_of(const std::vector<archive::TarEntry>& entries) {
  base::StringSink tar;
  archive::TarWriter writer(tar);
  for (const archive::TarEntry& one : entries) writer.add(one);
  writer.finish();
  return tar.take();
}

class ReadChangesTest : public testing::Test {
 protected:
  tree::FileTree read(const std::string& tar) {
    base::StringSource source(tar);
    return read_changes({}, source, m_spool);
  }
  std::string refusal(const std::string& tar) {
    try {
      read(tar);
    } catch (const base::Error& error) {
      return error.what();
    }
    return "no error";
  }

  test_support::TemporaryDirectory m_directory;
  layer::Spool m_spool{m_directory.path()};
};

TEST_F(ReadChangesTest, AHardLinkIsAsItsFirstName) {
  archive::TarEntry first = entry(EntryType::file, "first");
  first.mode = 0640;
  first.xattrs["user.x"] = "1";
  const tree::FileTree tree = read(tar_of({first, entry(EntryType::hardlink, "second", "first")}));
  const tree::TreeEntry* second = tree.find("second");
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->header.type, EntryType::file);
  EXPECT_EQ(second->header.mode, 0640U);
  EXPECT_EQ(second->header.xattrs.at("user.x"), "1");
  EXPECT_EQ(second->content.inode, tree.find("first")->content.inode);
}

/// A few megabytes that would fill gigabytes of memory.
TEST_F(ReadChangesTest, HardLinksCountWithTheirAttributes) {
  archive::TarEntry first = entry(EntryType::file, "first");
  first.xattrs["user.x"] = std::string(1'000'000, 'x');
  std::vector<archive::TarEntry> entries = {first};
  for (int i = 0; i < 600; ++i)
    entries.push_back(entry(EntryType::hardlink, "link" + std::to_string(i), "first"));
  EXPECT_EQ(refusal(tar_of(entries)),
            "what RUN changed has more paths and attributes than 512 MiB hold");
}

TEST_F(ReadChangesTest, AFileThatNoLayerHoldsIsRefusedByItsSize) {
  archive::TarEntry file = entry(EntryType::file, "big");
  file.size = std::uint64_t{15} << 40;
  std::string tar;
  archive::append_tar_header(file, tar);
  EXPECT_EQ(refusal(tar), "/big: more than 68719476736 bytes are unpacked");
}

}  // namespace
}  // namespace pinnace::helper
