#include "layer/layer_writer.hpp"

#include <gtest/gtest.h>
#include <sys/xattr.h>

#include "archive/tar_reader.hpp"
#include "base/error.hpp"
#include "files/file.hpp"
#include "support/temporary_directory.hpp"
#include "tree/walk.hpp"

namespace pinnace::layer {
namespace {

namespace fs = std::filesystem;
using archive::EntryType;
using compress::Compression;

struct Written {
  LayerResult result;
  std::string bytes;
};

class LayerWriterTest : public testing::Test {
 protected:
  void write(const std::string& path, std::string_view text) {
    fs::create_directories((m_directory.path() / path).parent_path());
    files::write_file_atomically(m_directory.path() / path, text);
  }
  tree::FileTree tree() {
    tree::FileTree tree;
    tree::add_path(tree, {}, std::make_shared<files::Directory>(m_directory.path()), "", "opt", {},
                   [](std::string_view, bool) { return tree::Choice{}; });
    return tree;
  }
  static Written write_tree(const tree::FileTree& tree, const std::string& compression,
                            unsigned threads = 2) {
    base::StringSink out;
    LayerResult result = write_layer({}, tree, {Compression::parse(compression), threads}, out);
    return {std::move(result), out.take()};
  }
  /// "type path size target" for each entry.
  static std::string list(const std::string& compressed) {
    const auto tar =
        compress::make_decompressor({}, std::make_unique<base::StringSource>(compressed), "layer");
    archive::TarReader reader(*tar, "layer");
    std::string text;
    while (const auto entry = reader.next()) {
      text += std::string(to_string(entry->type)) + " " + entry->path + " " +
              std::to_string(entry->size) + " " + entry->link_target + "\n";
    }
    return text;
  }

  test_support::TemporaryDirectory m_directory;
};

TEST_F(LayerWriterTest, DigestSizeAndDiffIdAreThoseOfTheBytes) {
  write("a", std::string(3'000'000, 'a'));
  write("b/c", "text");
  for (const std::string compression : {"gzip", "gzip:balanced", "zstd", "none"}) {
    const Written written = write_tree(tree(), compression);
    EXPECT_EQ(written.result.descriptor.digest, hash::Digest::of(written.bytes)) << compression;
    EXPECT_EQ(written.result.descriptor.size, written.bytes.size()) << compression;
    const auto source = compress::make_decompressor(
        {}, std::make_unique<base::StringSource>(written.bytes), "layer");
    const std::string tar = base::read_all(*source, 10'000'000, "layer");
    EXPECT_EQ(written.result.diff_id, hash::Digest::of(tar)) << compression;
    EXPECT_EQ(written.result.tar_size, tar.size()) << compression;
  }
}

TEST_F(LayerWriterTest, MediaTypeSaysTheCompression) {
  write("a", "x");
  EXPECT_EQ(write_tree(tree(), "gzip").result.descriptor.media_type, oci::media_type::k_layer_gzip);
  EXPECT_EQ(write_tree(tree(), "zstd").result.descriptor.media_type, oci::media_type::k_layer_zstd);
  EXPECT_EQ(write_tree(tree(), "none").result.descriptor.media_type, oci::media_type::k_layer);
}

TEST_F(LayerWriterTest, ThreadsNeverChangeTheBytes) {
  for (int i = 0; i < 40; ++i)
    write("f" + std::to_string(i), std::string(100'000, static_cast<char>('a' + i % 20)));
  for (const std::string compression : {"gzip", "zstd"}) {
    const std::string one = write_tree(tree(), compression, 1).bytes;
    EXPECT_EQ(one, write_tree(tree(), compression, 2).bytes) << compression;
    EXPECT_EQ(one, write_tree(tree(), compression, 5).bytes) << compression;
  }
}

TEST_F(LayerWriterTest, ParentsComeFirstAndLinksAreKept) {
  write("d/file", "content");
  fs::create_symlink("d/file", m_directory.path() / "link");
  fs::create_hard_link(m_directory.path() / "d/file", m_directory.path() / "z");
  EXPECT_EQ(list(write_tree(tree(), "gzip").bytes),
            "directory opt 0 \n"
            "directory opt/d 0 \n"
            "file opt/d/file 7 \n"
            "symbolic link opt/link 0 d/file\n"
            "hard link opt/z 0 opt/d/file\n");
}

TEST_F(LayerWriterTest, KeepsUserAttributesButNotThoseOfTheDesktop) {
  write("a", "x");
  const std::string path = m_directory.path() / "a";
  if (::setxattr(path.c_str(), "user.kept", "v", 1, 0) != 0) {
    GTEST_SKIP() << "no extended attributes on the temporary file system";
  }
  ::setxattr(path.c_str(), "user.xdg.origin.url", "v", 1, 0);
  const auto source = compress::make_decompressor(
      {}, std::make_unique<base::StringSource>(write_tree(tree(), "gzip").bytes), "layer");
  archive::TarReader reader(*source, "layer");
  reader.next();
  EXPECT_EQ(reader.next()->xattrs, (std::map<std::string, std::string>{{"user.kept", "v"}}));
}

TEST_F(LayerWriterTest, AFileThatChangedSinceIsAnError) {
  write("a", "12345");
  const tree::FileTree planned = tree();
  write("a", "123456");
  EXPECT_THROW(write_tree(planned, "gzip"), base::Error);
  write("a", "1234");
  EXPECT_THROW(write_tree(planned, "gzip"), base::Error);
  fs::remove(m_directory.path() / "a");
  EXPECT_THROW(write_tree(planned, "gzip"), base::Error);
}

TEST_F(LayerWriterTest, AStopEndsIt) {
  write("a", "12345");
  std::stop_source stop;
  stop.request_stop();
  base::Context context;
  context.stop = stop.get_token();
  base::StringSink out;
  EXPECT_THROW(write_layer(context, tree(), {}, out), base::Error);
}

}  // namespace
}  // namespace pinnace::layer
