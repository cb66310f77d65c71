#include "layer/layer_cache.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

#include "base/io.hpp"
#include "files/file.hpp"
#include "files/seen_changes.hpp"
#include "layer/layer_writer.hpp"
#include "support/memory_directory.hpp"
#include "support/temporary_directory.hpp"
#include "tree/walk.hpp"

namespace pinnace::layer {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class LayerCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(m_directory.path() / "src/sub");
    files::write_file_atomically(m_directory.path() / "src/a", "aaaa");
    files::write_file_atomically(m_directory.path() / "src/sub/b", "bbbb");
    fs::create_symlink("a", m_directory.path() / "src/link");
  }
  tree::FileTree walk(const tree::Attributes& attributes = {}) {
    tree::FileTree tree;
    tree::add_path(tree, {}, std::make_shared<const files::Directory>(m_directory.path() / "src"),
                   "", "x", attributes, [](std::string_view, bool) { return tree::Choice{}; });
    return tree;
  }
  std::optional<hash::Digest> key(const tree::FileTree& tree) {
    return layer_key(tree, m_gzip, std::chrono::system_clock::now() + 1h);
  }

  test_support::TemporaryDirectory m_directory;
  compress::Compression m_gzip = compress::Compression::parse("gzip");
};

TEST_F(LayerCacheTest, KeyIsThatOfWhatTheLayerDependsOn) {
  const auto before = key(walk());
  ASSERT_TRUE(before);
  EXPECT_EQ(key(walk()), before);
  EXPECT_NE(key(walk({0600, {}, 0, 0, 0})), before) << "mode";
  EXPECT_NE(key(walk({{}, {}, 1, 0, 0})), before) << "owner";
  EXPECT_NE(key(walk({{}, {}, 0, 0, 7})), before) << "mtime";
  const auto later = std::chrono::system_clock::now() + 1h;
  EXPECT_NE(layer_key(walk(), compress::Compression::parse("zstd"), later), before);
  EXPECT_NE(layer_key(walk(), compress::Compression::parse("gzip:balanced"), later), before);
}

TEST_F(LayerCacheTest, AnyChangeOfAFileChangesTheKey) {
  const fs::path file = m_directory.path() / "src/a";
  auto before = key(walk());
  const auto changes = [&](const std::string& what) {
    const auto after = key(walk());
    EXPECT_NE(after, before) << what;
    before = after;
  };
  struct stat old {};
  ASSERT_EQ(::stat(file.c_str(), &old), 0);
  // Same size, and the old modification time put back: only the change time tells.
  ::usleep(20'000);
  std::ofstream(file) << "AAAA";
  const timespec times[] = {old.st_atim, old.st_mtim};
  ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
  changes("content behind an old time");
  files::write_file_atomically(file, "AAAA");
  changes("another file of the same name");
  fs::remove(m_directory.path() / "src/link");
  fs::create_symlink("sub/b", m_directory.path() / "src/link");
  changes("link target");
  fs::rename(m_directory.path() / "src/sub/b", m_directory.path() / "src/sub/c");
  changes("name");
  fs::permissions(file, fs::perms::owner_all);
  changes("mode");
}

TEST_F(LayerCacheTest, AFileThatHasJustChangedHasNoKey) {
  const tree::FileTree tree = walk();
  const auto now = std::chrono::system_clock::now();
  EXPECT_FALSE(layer_key(tree, m_gzip, now));
  EXPECT_FALSE(layer_key(tree, m_gzip, now + 1s));
  EXPECT_TRUE(layer_key(tree, m_gzip, now + 3s));
}

TEST_F(LayerCacheTest, WhatIsMappedInMemoryMayChangeUnseen) {
  const test_support::MemoryDirectory in_memory;
  const fs::path file = in_memory.path() / "a";
  files::write_file_atomically(file, "aaaa");
  if (!files::is_in_memory(files::open_read(file))) GTEST_SKIP() << "/dev/shm is no tmpfs";
  const auto shows = [&](const fs::path& root) {
    tree::FileTree tree;
    tree::add_path(tree, {}, std::make_shared<const files::Directory>(root), "", "x", {},
                   [](std::string_view, bool) { return tree::Choice{}; });
    ChangeWatch watch(std::chrono::system_clock::now());
    base::StringSink written;
    write_layer({}, tree, {.compression = {compress::Format::none, {}}, .watch = &watch}, written);
    return watch.changes_show();
  };
  EXPECT_TRUE(shows(in_memory.path()));
  const files::UniqueFd writer(::open(file.c_str(), O_RDWR | O_CLOEXEC));
  EXPECT_FALSE(shows(in_memory.path()));
  EXPECT_TRUE(shows(m_directory.path() / "src"));
}

TEST_F(LayerCacheTest, RemembersAndForgetsWhatIsDamaged) {
  const LayerCache cache(m_directory.path() / "cache");
  const hash::Digest name = hash::Digest::of("key");
  const hash::Digest other = hash::Digest::of("other");
  EXPECT_FALSE(cache.find(name));
  cache.put({}, name, {{"type", other, 5, {}, {}, {}, nlohmann::json::object()}, name, 10240});
  const auto found = cache.find(name);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->descriptor.media_type, "type");
  EXPECT_EQ(found->descriptor.digest, other);
  EXPECT_EQ(found->descriptor.size, 5U);
  EXPECT_EQ(found->diff_id, name);
  EXPECT_EQ(found->tar_size, 10240U);
  EXPECT_FALSE(cache.find(other));
  for (const auto& entry : fs::directory_iterator(m_directory.path() / "cache")) {
    std::string text = files::read_file(entry.path(), 10'000);
    const std::size_t at = text.find(name.hex());
    ASSERT_NE(at, std::string::npos);
    text[at] = text[at] == '0' ? '1' : '0';  // what one flipped bit does
    std::ofstream(entry.path()) << text;
  }
  EXPECT_FALSE(cache.find(name));
}

}  // namespace
}  // namespace pinnace::layer
