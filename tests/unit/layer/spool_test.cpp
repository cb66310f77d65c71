#include "layer/spool.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>

#include "archive/tar_format.hpp"
#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "compress/compression.hpp"
#include "files/file.hpp"
#include "layer/unpack.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::layer {
namespace {

/// So many zeros, from nowhere.
class Zeros final : public base::Source {
 public:
  explicit Zeros(std::uint64_t size) : m_rest(size) {}
  std::size_t read(std::span<std::byte> buffer) override {
    const std::size_t size = std::min<std::uint64_t>(buffer.size(), m_rest);
    std::fill_n(buffer.begin(), size, std::byte{0});
    m_rest -= size;
    return size;
  }

 private:
  std::uint64_t m_rest;
};

class SpoolTest : public testing::Test {
 protected:
  /// What unpacking an archive says.
  std::string unpacked(const std::string& tar, Spool::Limits limits) {
    Spool spool(m_directory.path(), limits);
    tree::FileTree tree;
    base::StringSource source(tar);
    try {
      unpack(tree, {}, source, "bomb.tar", tree::BaseTree::empty(tree::BaseTree::Keep::files), "",
             spool);
    } catch (const base::Error& error) {
      return error.what();
    }
    return "no error";
  }

  test_support::TemporaryDirectory m_directory;
};

TEST_F(SpoolTest, MoreBytesThanTheLimitAreAnError) {
  Spool spool(m_directory.path(), {1 << 20, 10});
  Zeros half(1 << 19);
  spool.add({}, half);
  Zeros rest(std::uint64_t{1} << 40);
  try {
    spool.add({}, rest);
    ADD_FAILURE() << "a tebibyte was unpacked";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::invalid_input);
    EXPECT_STREQ(error.what(), "more than 1048576 bytes are unpacked");
  }
}

/// As a sparse file says in a few bytes.
TEST_F(SpoolTest, AFileThatSaysThatItIsBeyondTheLimitIsNotBegun) {
  archive::TarEntry entry;
  entry.path = "huge";
  entry.size = std::uint64_t{16} << 40;
  std::string tar;
  archive::append_tar_header(entry, tar);
  EXPECT_EQ(unpacked(tar, {1 << 20, 10}), "bomb.tar: more than 1048576 bytes are unpacked")
      << "and not that its content is missing";
  Spool spool(m_directory.path(), {1 << 20, 10});
  Zeros half(1 << 19);
  spool.add({}, half);
  EXPECT_NO_THROW(spool.check_room(1 << 19));
  EXPECT_THROW(spool.check_room((1 << 19) + 1), base::Error);
  EXPECT_THROW(spool.check_room(~std::uint64_t{0}), base::Error);
}

TEST_F(SpoolTest, ZerosTakeNoSpace) {
  Spool spool(m_directory.path());
  for (const std::uint64_t size : {std::uint64_t{1} << 26, std::uint64_t{100}, std::uint64_t{0}}) {
    Zeros zeros(size);
    const tree::FileContent content = spool.add({}, zeros);
    const auto status = content.root->status(content.path);
    ASSERT_TRUE(status);
    EXPECT_EQ(status->st_size, static_cast<off_t>(size));
    EXPECT_LT(status->st_blocks, 1000);
  }
  const std::string text = std::string(70'000, '\0') + "x" + std::string(200'000, '\0') + "y";
  const tree::FileContent content = spool.add({}, text);
  EXPECT_EQ(files::read_file(content.root->path() / content.path, 1 << 20), text);
}

/// A sparse file of a few hundred bytes, as large as it says.
TEST_F(SpoolTest, SparseFilesCountAsTheyAreLarge) {
  base::StringSink archive;
  archive::TarWriter writer(archive);
  archive::TarEntry entry;
  entry.path = "f";
  writer.add(entry);
  std::string tar = archive.text();
  tar[archive::k_type.offset] = 'S';
  tar.replace(archive::k_magic.offset, archive::k_magic.size, archive::k_gnu_magic);
  tar.replace(archive::k_gnu_real_size.offset, 12, "000400000000");  // 64 MiB
  const auto sum = archive::tar_checksum(std::string_view(tar).substr(0, 512)).of_unsigned;
  std::array<char, 8> digits{};
  std::snprintf(digits.data(), digits.size(), "%06o", static_cast<unsigned>(sum));
  tar.replace(archive::k_checksum.offset, 7, digits.data(), 7);
  EXPECT_NE(unpacked(tar, {std::uint64_t{1} << 20, 5}).find("more than 1048576 bytes"),
            std::string::npos);
  EXPECT_EQ(unpacked(tar, {std::uint64_t{1} << 26, 5}), "no error");
}

TEST_F(SpoolTest, ArchivesOfTooMuchAreAnError) {
  base::StringSink many;
  archive::TarWriter files(many);
  for (int i = 0; i < 5; ++i) {
    archive::TarEntry entry;
    entry.path = std::to_string(i);
    entry.size = 1;
    files.add(entry, base::as_bytes("x"));
  }
  files.finish();
  EXPECT_EQ(unpacked(many.text(), {100, 5}), "no error");
  EXPECT_NE(unpacked(many.text(), {100, 4}).find("more than 4 files and directories are unpacked"),
            std::string::npos);
  EXPECT_NE(unpacked(many.text(), {4, 5}).find("more than 4 bytes are unpacked"),
            std::string::npos);
}

TEST_F(SpoolTest, ArchivesOfWhatTakesNoSpaceButMemoryAreAnError) {
  base::StringSink many;
  archive::TarWriter directories(many);
  for (int i = 0; i < 5; ++i) {
    archive::TarEntry entry;
    entry.type = archive::EntryType::directory;
    entry.path = std::string(100, 'd') + std::to_string(i);
    directories.add(entry);
  }
  directories.finish();
  EXPECT_EQ(unpacked(many.text(), {0, 5, 505}), "no error");
  EXPECT_NE(
      unpacked(many.text(), {0, 4, 505}).find("more than 4 files and directories are unpacked"),
      std::string::npos);
  EXPECT_NE(unpacked(many.text(), {0, 5, 504}).find("names and attributes of more than 504 bytes"),
            std::string::npos);
}

}  // namespace
}  // namespace pinnace::layer
