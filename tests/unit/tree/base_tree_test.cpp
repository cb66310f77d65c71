#include "tree/base_tree.hpp"
#include "tree/placement.hpp"

#include <gtest/gtest.h>

#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "store/memory_store.hpp"
#include "support/counting_store.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::tree {
namespace {

using archive::EntryType;
using archive::TarEntry;

TarEntry directory(std::string path, std::uint32_t mode = 0755) {
  TarEntry entry;
  entry.type = EntryType::directory;
  entry.path = std::move(path);
  entry.mode = mode;
  return entry;
}

TarEntry link(std::string path, std::string target) {
  TarEntry entry;
  entry.type = EntryType::symlink;
  entry.path = std::move(path);
  entry.link_target = std::move(target);
  return entry;
}

TarEntry file(std::string path) {
  TarEntry entry;
  entry.path = std::move(path);
  return entry;
}

TreeEntry tree_entry(TarEntry header) {
  return {std::move(header), {}};
}

class BaseTreeTest : public testing::Test {
 protected:
  void add_layer(const std::vector<TarEntry>& entries) {
    base::StringSink out;
    archive::TarWriter writer(out);
    for (const TarEntry& entry : entries) writer.add(entry);
    writer.finish();
    const auto blob = store::put_bytes(m_store, {}, out.text(), oci::media_type::k_layer);
    m_layers.push_back({blob, blob.digest});
  }
  BaseTree read() { return BaseTree::read({}, m_store, m_layers); }

  store::MemoryStore m_store;
  std::vector<StoredLayer> m_layers;
};

/// A small layer can name much: memory is bounded whatever it says.
TEST_F(BaseTreeTest, AttributesAreKeptWhereTheyAreNeededAndBounded) {
  TarEntry one = directory("a");
  one.xattrs["user.large"] = std::string(900'000, 'x');
  std::vector<TarEntry> entries(700, one);
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i].path = "d" + std::to_string(i);
  add_layer(entries);
  EXPECT_NE(read().find("d699"), nullptr);
  try {
    BaseTree::read({}, m_store, m_layers, BaseTree::Keep::everything);
    ADD_FAILURE() << "600 MB were taken";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::invalid_input);
    EXPECT_NE(std::string(error.what()).find("512 MiB"), std::string::npos) << error.what();
  }
}

TEST_F(BaseTreeTest, ALayerThatIsListedAgainCountsAgainAndIsFetchedOnce) {
  test_support::CountingStore store;
  const auto put = [&](const std::vector<TarEntry>& entries) -> StoredLayer {
    base::StringSink out;
    archive::TarWriter writer(out);
    for (const TarEntry& entry : entries) writer.add(entry);
    writer.finish();
    const auto blob = store::put_bytes(store, {}, out.text(), oci::media_type::k_layer);
    return {blob, blob.digest};
  };
  const StoredLayer etc = put({directory("etc", 0700)});
  const StoredLayer none = put({file(".wh.etc")});
  test_support::TemporaryDirectory scratch;
  base::Context context;
  context.scratch = scratch.path();
  EXPECT_NE(BaseTree::read(context, store, {etc, none, etc}).find("etc"), nullptr);
  EXPECT_EQ(BaseTree::read(context, store, {etc, none, etc, none}).find("etc"), nullptr);
  store.opened = 0;
  (void)BaseTree::read(context, store, std::vector<StoredLayer>(100, etc));
  EXPECT_EQ(store.opened, 1);
}

TEST_F(BaseTreeTest, LinksAreFollowedInsideTheImage) {
  add_layer({directory("usr"), directory("usr/bin"), link("bin", "usr/bin"), link("abs", "/usr"),
             link("up", "../../usr"), link("loop", "loop")});
  const BaseTree tree = read();
  EXPECT_EQ(tree.resolve("bin/x", false), "usr/bin/x");
  EXPECT_EQ(tree.resolve("abs/bin/x", false), "usr/bin/x");
  EXPECT_EQ(tree.resolve("up/x", false), "usr/x");
  EXPECT_EQ(tree.resolve("bin", false), "bin");
  EXPECT_EQ(tree.resolve("bin", true), "usr/bin");
  EXPECT_EQ(tree.resolve("new/x", false), "new/x");
  EXPECT_THROW(tree.resolve("loop/x", false), base::Error);
}

TEST_F(BaseTreeTest, EverythingIsKeptOfAnImageThatFilesComeFrom) {
  TarEntry hard = file("d/hard");
  hard.type = EntryType::hardlink;
  hard.link_target = "d/f";
  add_layer({directory("d"), directory("d/e"), file("d-x"), file("d/f"), file("d/gone"),
             file("d/e/deep")});
  add_layer({file("d/.wh.gone"), hard, file("d/f")});
  const BaseTree tree = BaseTree::read({}, m_store, m_layers, BaseTree::Keep::everything);
  EXPECT_EQ(tree.names(""), (std::vector<std::string>{"d", "d-x"}));
  EXPECT_EQ(tree.names("d"), (std::vector<std::string>{"e", "f", "hard"}));
  ASSERT_NE(tree.find("d/hard"), nullptr);
  EXPECT_EQ(tree.find("d/hard")->type, EntryType::file);
  EXPECT_EQ(tree.find("d/hard")->layer, 0U) << "the file that was there when the link was made";
  EXPECT_EQ(tree.find("d/hard")->entry, 3U);
  EXPECT_EQ(tree.find("d/f")->layer, 1U);
  EXPECT_EQ(tree.resolve("d/f", true), "d/f");
  hard.link_target = "etc/passwd";
  add_layer({hard});
  EXPECT_THROW(BaseTree::read({}, m_store, m_layers, BaseTree::Keep::everything), base::Error);
  EXPECT_NO_THROW(read()) << "of no meaning where files are not kept";
  EXPECT_NO_THROW(BaseTree::read({}, m_store, m_layers, BaseTree::Keep::files));
}

TEST_F(BaseTreeTest, ALayerOfOursIsAdded) {
  add_layer({directory("d"), file("d/f")});
  BaseTree tree = BaseTree::read({}, m_store, m_layers, BaseTree::Keep::everything);
  FileTree layer;
  layer.add(tree_entry(directory("n")));
  layer.add(tree_entry(link("d", "n")));
  tree.apply(layer);
  EXPECT_EQ(tree.names(""), (std::vector<std::string>{"d", "n"}));
  EXPECT_EQ(tree.find("d/f"), nullptr) << "its directory became a link";
  EXPECT_EQ(tree.resolve("d/x", false), "n/x");
}

TEST_F(BaseTreeTest, UpperLayersWinAndWhiteoutsRemove) {
  add_layer({directory("a", 0700), directory("a/b"), directory("a/b/c"), directory("o"),
             directory("o/x"), directory("f"), directory("f/g")});
  add_layer({directory("a", 0711), file("a/.wh.b"), directory("o"), directory("o/y"),
             file("o/.wh..wh..opq"), file("f")});
  const BaseTree tree = read();
  EXPECT_EQ(tree.find("a")->mode, 0711U);
  EXPECT_EQ(tree.find("a/b"), nullptr);
  EXPECT_EQ(tree.find("a/b/c"), nullptr);
  EXPECT_EQ(tree.find("o/x"), nullptr);
  EXPECT_NE(tree.find("o/y"), nullptr);
  EXPECT_EQ(tree.find("f"), nullptr);
  EXPECT_EQ(tree.find("f/g"), nullptr);
}

TEST_F(BaseTreeTest, ALayerIsWhatTheConfigurationSays) {
  add_layer({directory("d")});
  const hash::Digest other = hash::Digest::of("another archive");
  m_layers.back().diff_id = other;
  const test_support::TemporaryDirectory directory;
  const auto cache = directory.path() / "tree";
  try {
    BaseTree::read_cached({}, m_store, m_layers, cache);
    ADD_FAILURE() << "it was taken";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::integrity);
    const std::string what = error.what();
    EXPECT_NE(what.find("layer " + m_layers.back().blob.digest.str()), std::string::npos) << what;
    EXPECT_NE(what.find("expected " + other.str()), std::string::npos) << what;
  }
  EXPECT_FALSE(std::filesystem::exists(cache));
}

TEST_F(BaseTreeTest, PathsThatLeaveTheRootAreRefused) {
  add_layer({directory("../up")});
  EXPECT_THROW(read(), base::Error);
}

TEST_F(BaseTreeTest, TheCacheGivesTheSameAnswers) {
  add_layer({directory("opt", 01777), link("bin", "usr/bin")});
  const test_support::TemporaryDirectory directory;
  const auto cache = directory.path() / "sub/tree";
  const BaseTree first = BaseTree::read_cached({}, m_store, m_layers, cache);
  store::MemoryStore empty;
  const BaseTree second = BaseTree::read_cached({}, empty, m_layers, cache);
  EXPECT_EQ(second.find("opt")->mode, 01777U);
  EXPECT_EQ(second.resolve("bin/x", false), first.resolve("bin/x", false));
  const std::string text = files::read_file(cache, 1000);
  std::string other = text;
  other.replace(text.find("1023"), 4, "10x3");
  for (const std::string& damaged :
       {std::string(), text.substr(0, text.size() - 5), text.substr(0, text.find("opt")), other,
        text + text.substr(text.find("bin")), "x" + text}) {
    files::write_file_atomically(cache, damaged);
    EXPECT_THROW(BaseTree::read_cached({}, empty, m_layers, cache), base::Error)
        << "a damaged cache was used: " << damaged;
  }
}

TEST_F(BaseTreeTest, TheCacheOfEverythingGivesTheSameAnswers) {
  archive::TarEntry tool = file("tool");
  tool.xattrs["security.capability"] = std::string("\0\1\0", 3);
  tool.xattrs["user.b"] = "";
  add_layer({directory("opt"), tool});
  add_layer({file("opt/f"), link("bin", "opt")});
  const test_support::TemporaryDirectory directory;
  const auto cache = directory.path() / "tree";
  // What another build has kept of it is less.
  BaseTree::read_cached({}, m_store, m_layers, cache);
  const auto keep = BaseTree::Keep::everything;
  const BaseTree first = BaseTree::read_cached({}, m_store, m_layers, cache, keep);
  store::MemoryStore empty;
  const BaseTree second = BaseTree::read_cached({}, empty, m_layers, cache, keep);
  for (const char* path : {"opt", "opt/f", "bin", "tool"}) {
    const BaseTree::Node& expected = *first.find(path);
    const BaseTree::Node& found = *second.find(path);
    EXPECT_EQ(found.type, expected.type) << path;
    EXPECT_EQ(found.size, expected.size) << path;
    EXPECT_EQ(found.layer, expected.layer) << path;
    EXPECT_EQ(found.entry, expected.entry) << path;
    EXPECT_EQ(found.link_target, expected.link_target) << path;
    EXPECT_EQ(found.xattrs, expected.xattrs) << path;
  }
  EXPECT_EQ(second.find("opt/f")->layer, 1U);
  EXPECT_EQ(second.names(""), first.names(""));
}

TEST_F(BaseTreeTest, WhereFilesAreIsKeptWithoutWhatTheyAre) {
  TarEntry hard = file("d/hard");
  hard.type = EntryType::hardlink;
  hard.link_target = "d/f";
  TarEntry tool = file("tool");
  tool.xattrs["user.b"] = "b";
  add_layer({directory("d"), file("d/f"), file("d/gone"), link("l", "d"), tool});
  add_layer({file("d/.wh.gone"), hard});
  const test_support::TemporaryDirectory directory;
  const auto cache = directory.path() / "tree";
  const auto keep = BaseTree::Keep::files;
  store::MemoryStore empty;
  BaseTree::read_cached({}, m_store, m_layers, cache, keep);
  for (const BaseTree& tree : {BaseTree::read({}, m_store, m_layers, keep),
                               BaseTree::read_cached({}, empty, m_layers, cache, keep)}) {
    EXPECT_EQ(tree.names("d"), (std::vector<std::string>{"f", "hard"}));
    for (const char* path : {"d/f", "d/hard", "tool"})
      EXPECT_EQ(tree.find(path)->type, EntryType::file) << path;
    EXPECT_TRUE(tree.find("tool")->xattrs.empty());
    EXPECT_TRUE(tree.find("d")->is_directory());
    EXPECT_EQ(tree.resolve("l/f", false), "d/f");
  }
}

TEST_F(BaseTreeTest, ParentsKeepTheAttributesOfTheBase) {
  add_layer(
      {directory("tmp", 01777), directory("usr"), directory("usr/bin"), link("bin", "usr/bin")});
  FileTree tree;
  tree.add(tree_entry(file("tmp/a")));
  tree.add(tree_entry(file("bin/tool")));
  tree.add(tree_entry(file("srv/new/b")));
  const FileTree placed = place_on_base(tree, read(), 7);
  std::string list;
  for (const TreeEntry& entry : placed.entries()) list += entry.header.path + " ";
  EXPECT_EQ(list, "srv srv/new srv/new/b tmp tmp/a usr usr/bin usr/bin/tool ");
  EXPECT_EQ(placed.find("tmp")->header.mode, 01777U);
  EXPECT_EQ(placed.find("srv/new")->header.mtime, 7);
}

TEST_F(BaseTreeTest, AFileCannotHoldAFile) {
  FileTree tree;
  tree.add(tree_entry(file("a")));
  tree.add(tree_entry(file("a/b")));
  EXPECT_THROW(place_on_base(tree, BaseTree(), 0), base::Error);
}

}  // namespace
}  // namespace pinnace::tree
