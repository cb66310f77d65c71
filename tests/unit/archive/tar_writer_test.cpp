#include "archive/tar_writer.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "archive/tar_format.hpp"
#include "archive/tar_reader.hpp"
#include "base/error.hpp"
#include "tar_samples.hpp"

namespace pinnace::archive {
namespace {

std::string header_of(const TarEntry& entry) {
  std::string out;
  append_tar_header(entry, out);
  EXPECT_EQ(out.size() % k_tar_block, 0U);
  return out;
}

/// A field as text, with NULs at the end as '|' (so that a golden value shows how it ends).
std::string shown(const std::string& block, TarField field) {
  std::string raw = block.substr(field.offset, field.size);
  const std::size_t end = raw.find_last_not_of('\0');
  return end == std::string::npos ? "" : raw.substr(0, end + 1) + (end + 1 < raw.size() ? "|" : "");
}

struct GoldenField {
  const char* name;
  TarField field;
  const char* value;
};

TEST(TarWriter, GoldenHeader) {
  TarEntry entry = file_entry("opt/shop/shop.jar", 1234);
  entry.mode = 0644;
  entry.uid = 1000;
  entry.gid = 100;
  entry.mtime = 1700000000;
  const std::string block = header_of(entry);
  ASSERT_EQ(block.size(), k_tar_block);
  const GoldenField golden[] = {{"name", k_name, "opt/shop/shop.jar|"},
                                {"mode", k_mode, "0000644|"},
                                {"uid", k_uid, "0001750|"},
                                {"gid", k_gid, "0000144|"},
                                {"size", k_size, "00000002322|"},
                                {"mtime", k_mtime, "14524770400|"},
                                {"type", k_type, "0"},
                                {"link name", k_link_name, ""},
                                {"user and group name", {265, 64}, ""},
                                {"devmajor", k_device_major, "0000000|"},
                                {"devminor", k_device_minor, "0000000|"},
                                {"prefix", k_prefix, ""},
                                {"behind all fields", {500, 12}, ""}};
  for (const GoldenField& g : golden) EXPECT_EQ(shown(block, g.field), g.value) << g.name;
  EXPECT_EQ(block.substr(k_magic.offset, k_magic.size), k_ustar_magic);
  EXPECT_EQ(block.substr(k_checksum.offset, k_checksum.size), std::string("012516\0 ", 8));
}

TEST(TarWriter, GoldenPaxHeader) {
  TarEntry entry = file_entry("dir/\xc3\xa4.txt", 0);
  entry.uid = 3000000;
  entry.xattrs["user.b"] = "2";
  entry.xattrs["user.a"] = std::string("\0\n", 2);
  const std::string blocks = header_of(entry);
  ASSERT_EQ(blocks.size(), 3 * k_tar_block);
  const std::string pax = blocks.substr(0, k_tar_block);
  EXPECT_EQ(shown(pax, k_name), "PaxHeaders/__.txt|");
  EXPECT_EQ(shown(pax, k_type), "x");
  EXPECT_EQ(shown(pax, k_mode), "0000644|");
  EXPECT_EQ(shown(pax, k_mtime), "00000000000|");
  const std::string records(
      "26 SCHILY.xattr.user.a=\0\n\n"
      "25 SCHILY.xattr.user.b=2\n"
      "19 path=dir/\xc3\xa4.txt\n"
      "15 uid=3000000\n",
      26 + 25 + 19 + 15);
  EXPECT_EQ(blocks.substr(k_tar_block, records.size()), records);
  const std::string header = blocks.substr(2 * k_tar_block);
  EXPECT_EQ(shown(header, k_name), "dir/__.txt|");
  EXPECT_EQ(shown(header, k_uid), "0000000|");
}

struct BlocksCase {
  const char* what;
  TarEntry entry;
  std::size_t blocks;  ///< 1: ustar is enough
};

TarEntry with_size(std::uint64_t size) {
  return file_entry("f", size);
}

TEST(TarWriter, PaxOnlyWhereNeeded) {
  const std::string nine(9, 'x');
  const BlocksCase cases[] = {
      {"name of 100", file_entry(std::string(100, 'n'), 0), 1},
      {"name of 101 without a slash", file_entry(std::string(101, 'n'), 0), 3},
      {"prefix 155 and name 100",
       file_entry(std::string(155, 'p') + "/" + std::string(100, 'n'), 0), 1},
      {"prefix 156", file_entry(std::string(156, 'p') + "/" + std::string(100, 'n'), 0), 3},
      {"name 101 behind a prefix", file_entry("p/" + std::string(101, 'n'), 0), 3},
      {"directory of 99 and its slash", typed_entry(EntryType::directory, std::string(99, 'd')), 1},
      {"directory of 100", typed_entry(EntryType::directory, std::string(100, 'd')), 3},
      {"link target of 100", typed_entry(EntryType::symlink, "s", std::string(100, 't')), 1},
      {"link target of 101", typed_entry(EntryType::symlink, "s", std::string(101, 't')), 3},
      {"size below 8 GiB", with_size(8589934591), 1},
      {"size of 8 GiB", with_size(8589934592), 3},
      {"path of 4096", file_entry(long_path(4096), 0), 2 + 9},
  };
  for (const BlocksCase& c : cases) {
    EXPECT_EQ(header_of(c.entry).size() / k_tar_block, c.blocks) << c.what;
  }
}

TEST(TarWriter, SizeOf8GiBIsARecord) {
  const std::string blocks = header_of(with_size(8589934592));
  EXPECT_NE(blocks.find("19 size=8589934592\n"), std::string::npos);
  EXPECT_EQ(shown(blocks.substr(2 * k_tar_block), k_size), "00000000000|");
}

TEST(TarWriter, RecordLengthsCountTheirOwnDigits) {
  // Around the lengths at which the number of digits grows: 9/10, 99/100, 999/1000.
  for (const std::size_t size :
       {80U, 81U, 82U, 83U, 84U, 85U, 976U, 977U, 978U, 979U, 980U, 981U}) {
    TarEntry entry = file_entry("f", 0);
    entry.xattrs["u"] = std::string(size, 'v');
    std::string archive = header_of(entry);
    base::StringSource source(archive);
    EXPECT_EQ(TarReader(source, "t").next(), entry) << size;
  }
}

TEST(TarWriter, RefusesWhatTarCantSay) {
  TarEntry bad_xattr = file_entry("f", 0);
  bad_xattr.xattrs["user.a=b"] = "";
  TarEntry large_xattr = file_entry("f", 0);
  large_xattr.xattrs["user.a"] = std::string(1024 * 1024, 'v');
  TarEntry directory_with_size = typed_entry(EntryType::directory, "d");
  directory_with_size.size = 1;
  TarEntry device = typed_entry(EntryType::block_device, "b");
  device.device_major = 1 << 21;
  const TarEntry cases[] = {file_entry("", 0),
                            file_entry("a/", 0),
                            file_entry(std::string("a\0b", 3), 0),
                            file_entry(std::string(TarReader::k_max_path + 1, 'p'), 0),
                            typed_entry(EntryType::symlink, "s"),
                            typed_entry(EntryType::hardlink, "s"),
                            typed_entry(EntryType::file, "s", "target"),
                            typed_entry(EntryType::symlink, "s", std::string("a\0", 2)),
                            bad_xattr,
                            large_xattr,
                            directory_with_size,
                            device};
  for (const TarEntry& entry : cases) {
    std::string out;
    EXPECT_THROW(append_tar_header(entry, out), base::Error) << entry.path.substr(0, 20);
    EXPECT_EQ(out, "");
  }
}

TEST(TarWriter, PadsContentAndEndsWithTwoBlocks) {
  base::StringSink sink;
  TarWriter writer(sink);
  writer.add(file_entry("f", 3), base::as_bytes("abc"));
  writer.finish();
  EXPECT_EQ(sink.text().size(), 4 * k_tar_block);
  EXPECT_EQ(sink.text().substr(k_tar_block), "abc" + std::string(3 * k_tar_block - 3, '\0'));
  EXPECT_THROW(writer.add(file_entry("f", 3), base::as_bytes("ab")), base::Error);
}

TEST(TarPadding, FillsUpToABlock) {
  EXPECT_EQ(tar_padding(0), 0U);
  EXPECT_EQ(tar_padding(1), 511U);
  EXPECT_EQ(tar_padding(511), 1U);
  EXPECT_EQ(tar_padding(512), 0U);
  EXPECT_EQ(tar_padding(8589934593), 511U);
}

}  // namespace
}  // namespace pinnace::archive
