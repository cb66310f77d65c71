#include "archive/tar_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "archive/tar_format.hpp"
#include "archive/tar_header.hpp"
#include "archive/tar_writer.hpp"
#include "base/error.hpp"
#include "tar_samples.hpp"

namespace pinnace::archive {
namespace {

using base::ErrorCode;

/// A header block by hand, for what our writer would not write.
class RawHeader {
 public:
  explicit RawHeader(char type = '0', const std::string& name = "f") : m_block(512, '\0') {
    set(k_magic, std::string(k_ustar_magic));
    set(k_type, std::string(1, type));
    set(k_name, name);
  }
  RawHeader& set(TarField field, const std::string& value) {
    m_block.replace(field.offset, field.size, field.size, '\0');
    m_block.replace(field.offset, std::min(value.size(), field.size), value, 0, field.size);
    return *this;
  }
  RawHeader& size(std::size_t value) {
    std::string digits;
    for (; value != 0; value /= 8) digits.insert(0, 1, static_cast<char>('0' + value % 8));
    return set(k_size, digits);
  }
  std::string str(bool signed_sum = false) const {
    const TarChecksum sum = tar_checksum(m_block);
    auto value = static_cast<unsigned>(signed_sum ? sum.of_signed : sum.of_unsigned);
    std::string digits(7, '\0');
    for (std::size_t i = 6; i-- > 0; value /= 8) digits[i] = static_cast<char>('0' + value % 8);
    std::string block = m_block;
    return block.replace(k_checksum.offset, k_checksum.size, digits + ' ');
  }

 private:
  std::string m_block;
};

/// A header with content, as extended headers are.
std::string with_content(char type, const std::string& content) {
  return RawHeader(type, "extension").size(content.size()).str() + content +
         std::string(tar_padding(content.size()), '\0');
}

std::string record(const std::string& key, const std::string& value) {
  std::size_t length = key.size() + value.size() + 4;
  while (std::to_string(length).size() + key.size() + value.size() + 3 != length) ++length;
  return std::to_string(length) + " " + key + "=" + value + "\n";
}

const std::string k_end(1024, '\0');

std::vector<Sample> read_archive(const std::string& archive) {
  base::StringSource source(archive);
  TarReader reader(source, "a.tar");
  std::vector<Sample> all;
  while (auto entry = reader.next()) {
    std::string content = base::read_all(reader.content(), 1 << 20, "content");
    EXPECT_EQ(content.size(), entry->size);
    all.emplace_back(std::move(*entry), std::move(content));
  }
  EXPECT_EQ(reader.next(), std::nullopt);
  EXPECT_EQ(reader.offset(), archive.size());
  return all;
}

TarEntry read_one(const std::string& archive) {
  const std::vector<Sample> all = read_archive(archive + k_end);
  EXPECT_EQ(all.size(), 1U);
  return all.empty() ? TarEntry{} : all[0].first;
}

std::string write_archive(const std::vector<Sample>& all) {
  base::StringSink sink;
  TarWriter writer(sink);
  for (const auto& [entry, content] : all) writer.add(entry, base::as_bytes(content));
  writer.finish();
  return sink.take();
}

TEST(TarReader, ReadsWhatTheWriterWrote) {
  const std::vector<Sample> expected = samples();
  const std::vector<Sample> got = read_archive(write_archive(expected));
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(got[i].first, expected[i].first) << expected[i].first.path;
    EXPECT_EQ(got[i].second, expected[i].second) << expected[i].first.path;
  }
}

TEST(TarReader, SkipsContentThatNobodyReads) {
  const std::vector<Sample> expected = samples();
  base::StringSource source(write_archive(expected));
  TarReader reader(source, "a.tar");
  std::size_t count = 0;
  while (const auto entry = reader.next()) {
    EXPECT_EQ(*entry, expected[count].first);
    std::byte some[10];
    if (count++ % 2 == 0) reader.content().read(some);
  }
  EXPECT_EQ(count, expected.size());
}

struct HeaderCase {
  const char* what;
  std::string archive;
  TarEntry expected;
};

TarEntry make_entry(void (*change)(TarEntry&)) {
  TarEntry entry = file_entry("f", 0);
  entry.mode = 0;
  change(entry);
  return entry;
}

std::vector<HeaderCase> header_cases() {
  const auto plain = make_entry([](TarEntry&) {});
  std::vector<HeaderCase> cases;
  const auto add = [&](const char* what, const std::string& archive, void (*change)(TarEntry&)) {
    cases.push_back({what, archive, make_entry(change)});
  };
  const auto nothing = [](TarEntry&) {};
  add("v7", RawHeader('\0').set(k_magic, "").set(k_prefix, "no prefix").str(), nothing);
  add("v7 directory", RawHeader('\0', "d/").set(k_magic, "").str(), [](TarEntry& e) {
    e.type = EntryType::directory;
    e.path = "d";
  });
  add("GNU magic has no prefix",
      RawHeader().set(k_magic, std::string(k_gnu_magic)).set(k_prefix, "atime").str(), nothing);
  add("prefix", RawHeader().set(k_prefix, "p/q").str(), [](TarEntry& e) { e.path = "p/q/f"; });
  add("star prefix",
      RawHeader()
          .set(k_prefix, std::string(140, 'p'))
          .set(k_star_trailer, std::string("tar\0", 4))
          .str(),
      [](TarEntry& e) { e.path = std::string(131, 'p') + "/f"; });
  add("contiguous file", RawHeader('7').str(), nothing);
  add("signed checksum", RawHeader('0', "\xc3\xa4").str(true),
      [](TarEntry& e) { e.path = "\xc3\xa4"; });
  add("spaces around numbers", RawHeader().set(k_uid, " 17 ").set(k_gid, "  21").str(),
      [](TarEntry& e) {
        e.uid = 15;
        e.gid = 17;
      });
  add("type bits in the mode", RawHeader().set(k_mode, "100644").str(),
      [](TarEntry& e) { e.mode = 0644; });
  add("base-256 uid", RawHeader().set(k_uid, std::string("\x80\0\0\0\xff\xff\xff\xfe", 8)).str(),
      [](TarEntry& e) { e.uid = 0xfffffffe; });
  add("base-256 time before 1970", RawHeader().set(k_mtime, std::string(11, '\xff') + "\xfe").str(),
      [](TarEntry& e) { e.mtime = -2; });
  add("directory with a size has no content", RawHeader('5', "d/").size(4096).str(),
      [](TarEntry& e) {
        e.type = EntryType::directory;
        e.path = "d";
      });
  add("target of a file means nothing", RawHeader().set(k_link_name, "x").str(), nothing);
  add("GNU long names",
      with_content('L', long_path(5000) + '\0') + with_content('K', long_path(300) + '\0') +
          RawHeader('2').str(),
      [](TarEntry& e) {
        e.type = EntryType::symlink;
        e.path = long_path(5000);
        e.link_target = long_path(300);
      });
  add("PAX wins over GNU names",
      with_content('L', "gnu") + with_content('x', record("path", "pax")) + RawHeader().str(),
      [](TarEntry& e) { e.path = "pax"; });
  add("PAX directory", with_content('x', record("path", "x/y/")) + RawHeader('5').str(),
      [](TarEntry& e) {
        e.type = EntryType::directory;
        e.path = "x/y";
      });
  add("times are rounded down", with_content('x', record("mtime", "12.999")) + RawHeader().str(),
      [](TarEntry& e) { e.mtime = 12; });
  add("negative times too", with_content('x', record("mtime", "-1.5")) + RawHeader().str(),
      [](TarEntry& e) { e.mtime = -2; });
  add("the last record of a key holds",
      with_content('x', record("uid", "1") + record("uid", "2")) + RawHeader().str(),
      [](TarEntry& e) { e.uid = 2; });
  add("a global header, changed locally",
      with_content('g', record("uid", "1") + record("gid", "3") + record("comment", "git")) +
          with_content('x', record("uid", "2")) + RawHeader().str(),
      [](TarEntry& e) {
        e.uid = 2;
        e.gid = 3;
      });
  add("a record without value is none",
      with_content('x', record("uid", "")) + RawHeader().set(k_uid, "7").str(),
      [](TarEntry& e) { e.uid = 7; });
  add("unknown keys are ignored",
      with_content('x', record("VENDOR.x", "1") + record("SCHILY.dev", "2")) + RawHeader().str(),
      nothing);
  return cases;
}

TEST(TarReader, ReadsEveryDialect) {
  for (const HeaderCase& c : header_cases()) EXPECT_EQ(read_one(c.archive), c.expected) << c.what;
}

TEST(TarReader, SizeOfAPaxRecordDecides) {
  // Both ways a reader that goes by the other number would take content for headers.
  const std::string archive = with_content('x', record("size", "3")) +
                              RawHeader().size(1024).str() + "abc" + std::string(509, '\0') +
                              RawHeader('0', "second").str() + k_end;
  const std::vector<Sample> all = read_archive(archive);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].second, "abc");
  EXPECT_EQ(all[1].first.path, "second");
}

TEST(TarReader, EndsWhereOthersEnd) {
  const std::string entry = RawHeader().str();
  EXPECT_EQ(read_archive("").size(), 0U);
  EXPECT_EQ(read_archive(k_end).size(), 0U);
  EXPECT_EQ(read_archive(entry).size(), 1U);
  EXPECT_EQ(read_archive(entry + std::string(512, '\0')).size(), 1U);
  EXPECT_EQ(read_archive(entry + std::string(10240, '\0')).size(), 1U);
  EXPECT_EQ(read_archive(entry + k_end + "anything" + std::string(1000, 'x')).size(), 1U);
}

struct BadCase {
  const char* what;
  std::string archive;
  ErrorCode code;
  const char* offset;  ///< how the message names the place
};

std::vector<BadCase> bad_cases() {
  const std::string good = RawHeader().str();
  std::string wrong_sum = RawHeader('0', "abc").str();
  wrong_sum[0] = 'x';
  const auto pax = [&](const std::string& content) { return with_content('x', content) + good; };
  const auto invalid = ErrorCode::invalid_input;
  const auto integrity = ErrorCode::integrity;
  return {
      {"noise", std::string(512, 'n'), invalid, "byte 0"},
      {"wrong checksum", good + wrong_sum, integrity, "byte 512"},
      {"half a header", good + good.substr(0, 100), integrity, "byte 512"},
      {"content is missing", RawHeader().size(10).str(), integrity, "byte 512"},
      {"padding is missing", RawHeader().size(10).str() + "0123456789", integrity, "byte 0"},
      {"one block of zeros", std::string(512, '\0') + good, invalid, "byte 0"},
      {"mode is no number", RawHeader().set(k_mode, "rwx").str(), invalid, "byte 0"},
      {"uid is negative", RawHeader().set(k_uid, std::string(8, '\xff')).str(), invalid, "byte 0"},
      {"size is negative", RawHeader().set(k_size, std::string(12, '\xff')).str(), invalid,
       "byte 0"},
      {"size above 63 bits", RawHeader().set(k_size, "\x80" + std::string(11, '\x7f')).str(),
       invalid, "byte 0"},
      {"uid above 32 bits", RawHeader().set(k_uid, std::string("\x80\0\0\x01\0\0\0\0", 8)).str(),
       invalid, "byte 0"},
      {"no path", RawHeader('0', "").str(), invalid, "byte 0"},
      {"link without target", RawHeader('2').str(), invalid, "byte 0"},
      {"old GNU sparse file", RawHeader('S').str(), ErrorCode::unsupported, "byte 0"},
      {"multi-volume", RawHeader('M').str(), ErrorCode::unsupported, "byte 0"},
      {"unknown type", RawHeader('Z').str(), ErrorCode::unsupported, "byte 0"},
      {"PAX sparse file", pax(record("GNU.sparse.major", "1")), ErrorCode::unsupported, "byte 0"},
      {"other character set", pax(record("hdrcharset", "KOI8-R")), ErrorCode::unsupported,
       "byte 0"},
      {"global path", with_content('g', record("path", "x")) + good, ErrorCode::unsupported,
       "byte 0"},
      {"global size", with_content('g', record("size", "1")) + good, ErrorCode::unsupported,
       "byte 0"},
      {"PAX header too large", RawHeader('x').size(1024 * 1024 + 1).str(), invalid, "byte 0"},
      {"PAX header cut", RawHeader('x').size(1000).str() + "1", integrity, "byte 0"},
      {"two PAX headers", with_content('x', "") + pax(""), invalid, "byte 0"},
      {"PAX header of nothing", with_content('x', record("uid", "1")), integrity, "byte 0"},
      {"PAX header before the end", with_content('x', record("uid", "1")) + k_end, integrity,
       "byte 0"},
      {"record length too large", pax("99 a=b\n"), invalid, "byte 0"},
      {"record length too small", pax("3 a=b\n"), invalid, "byte 0"},
      {"record length no number", pax("x a=b\n"), invalid, "byte 0"},
      {"record length overflows", pax("99999999999999999999 a=b\n"), invalid, "byte 0"},
      {"record length negative", pax("-6 a=b\n"), invalid, "byte 0"},
      {"record without space", pax("6"), invalid, "byte 0"},
      {"record without line end", pax("6 a=bc"), invalid, "byte 0"},
      {"record without equals", pax("6 abc\n"), invalid, "byte 0"},
      {"record without key", pax("6 =bc\n"), invalid, "byte 0"},
      {"NUL in a path", pax(record("path", std::string("a\0b", 3))), invalid, "byte 0"},
      {"NUL in a link path", pax(record("linkpath", std::string("a\0b", 3))), invalid, "byte 0"},
      {"PAX size is no number", pax(record("size", "0x10")), invalid, "byte 0"},
      {"PAX size is negative", pax(record("size", "-1")), invalid, "byte 0"},
      {"PAX size above 63 bits", pax(record("size", "9223372036854775808")), invalid, "byte 0"},
      {"PAX uid above 32 bits", pax(record("uid", "4294967296")), invalid, "byte 0"},
      {"PAX time is no number", pax(record("mtime", "yesterday")), invalid, "byte 0"},
      {"PAX time's fraction", pax(record("mtime", "1.5x")), invalid, "byte 0"},
      {"PAX time overflows", pax(record("mtime", "9223372036854775808")), invalid, "byte 0"},
      {"attribute without name", pax(record("SCHILY.xattr.", "1")), invalid, "byte 0"},
      {"PAX path too long", pax(record("path", std::string(TarReader::k_max_path + 1, 'p'))),
       invalid, "byte 0"},
      {"GNU name too long", with_content('L', std::string(TarReader::k_max_path + 2, 'p')) + good,
       invalid, "byte 0"},
      {"two GNU names", with_content('L', "a") + with_content('L', "b") + good, invalid, "byte 0"},
      {"GNU name of nothing", with_content('K', "a"), integrity, "byte 0"},
  };
}

TEST(TarReader, RefusesWhatIsWrong) {
  for (const BadCase& c : bad_cases()) {
    base::StringSource source(c.archive);
    TarReader reader(source, "a.tar");
    try {
      while (reader.next()) base::read_all(reader.content(), 1 << 20, "content");
      ADD_FAILURE() << c.what << " was accepted";
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), c.code) << c.what << ": " << error.what();
      EXPECT_EQ(std::string(error.what()).rfind("a.tar: ", 0), 0U) << error.what();
      EXPECT_NE(std::string(error.what()).find(c.offset), std::string::npos) << error.what();
    }
  }
}

/// GNU tar's header of a sparse file, and what is stored of it.
RawHeader gnu_sparse(const std::vector<std::pair<std::string, std::string>>& parts,
                     const std::string& real_size, std::size_t stored) {
  RawHeader header('S');
  header.set(k_magic, std::string(k_gnu_magic)).size(stored).set(k_gnu_real_size, real_size);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    header.set({k_gnu_sparse + 24 * i, 12}, parts[i].first);
    header.set({k_gnu_sparse + 24 * i + 12, 12}, parts[i].second);
  }
  return header;
}

/// An extension block of one part, and whether another one follows.
std::string gnu_extension(const std::string& offset, const std::string& size, bool more) {
  std::string block(512, '\0');
  block.replace(0, offset.size(), offset).replace(12, size.size(), size);
  block[k_gnu_sparse_block_more] = more ? '\1' : '\0';
  return block;
}

std::string padded(std::string content) {
  content.resize(content.size() + tar_padding(content.size()), '\0');
  return content;
}

std::string pax_sparse(const std::string& records, const std::string& stored) {
  return with_content('x', records) +
         RawHeader('0', "GNUSparseFile.1/f").size(stored.size()).str() + padded(stored);
}

const std::string k_pax_1 = record("GNU.sparse.major", "1") + record("GNU.sparse.minor", "0") +
                            record("GNU.sparse.name", "f") + record("GNU.sparse.realsize", "12");
const std::string k_pax_0 = record("GNU.sparse.size", "12") + record("GNU.sparse.numblocks", "2");

/// What a reader that expands sparse files gives of an archive's files: "name:content".
std::vector<std::string> expanded(const std::string& archive, std::size_t step = 1 << 20) {
  base::StringSource source(archive);
  TarReader reader(source, "a.tar", TarReader::Sparse::expand);
  std::vector<std::string> all;
  while (const auto entry = reader.next()) {
    std::string content;
    std::vector<std::byte> buffer(step);
    while (const std::size_t size = reader.content().read(buffer))
      content += base::as_text(base::Bytes(buffer).first(size));
    EXPECT_EQ(content.size(), entry->size);
    std::replace(content.begin(), content.end(), '\0', '.');
    all.push_back(entry->path + ":" + content);
  }
  return all;
}

TEST(TarReader, SparseFilesHaveTheirZeros) {
  const std::string next = RawHeader('0', "next").size(1).str() + padded("n");
  const std::pair<const char*, std::string> cases[] = {
      {"old GNU", gnu_sparse({{"2", "3"}, {"7", "2"}}, "14", 5).str() + padded("abcde")},
      {"old GNU, goes on",
       gnu_sparse({{"2", "1"}, {"3", "1"}}, "14", 5).set({k_gnu_sparse_more, 1}, "\1").str() +
           gnu_extension("4", "1", true) + gnu_extension("7", "2", false) + padded("abcde")},
      {"old GNU, a part of nothing at the end",
       gnu_sparse({{"2", "3"}, {"7", "2"}, {"14", "0"}}, "14", 5).str() + padded("abcde")},
      {"PAX 1.0", pax_sparse(k_pax_1, padded("2\n2\n3\n7\n2\n") + "abcde")},
      {"PAX 0.1",
       pax_sparse(k_pax_0 + record("GNU.sparse.map", "2,3,7,2") + record("GNU.sparse.name", "f"),
                  "abcde")},
      {"PAX 0.0",
       pax_sparse(k_pax_0 + record("GNU.sparse.offset", "2") + record("GNU.sparse.numbytes", "3") +
                      record("GNU.sparse.offset", "7") + record("GNU.sparse.numbytes", "2") +
                      record("path", "f"),
                  "abcde")},
  };
  const std::vector<std::string> expected{"f:..abc..de...", "next:n"};
  for (const auto& [what, archive] : cases) {
    for (const std::size_t step : {1U, 3U, 100U})
      EXPECT_EQ(expanded(archive + next + k_end, step), expected) << what;
    base::StringSource source(archive + next + k_end);  // nobody reads the content
    TarReader reader(source, "a.tar", TarReader::Sparse::expand);
    EXPECT_EQ(reader.next()->size, 12U) << what;
    EXPECT_EQ(reader.next()->path, "next") << what;
  }
  EXPECT_EQ(expanded(gnu_sparse({}, "3", 0).str() + next + k_end),
            (std::vector<std::string>{"f:...", "next:n"}))
      << "nothing but a hole";
}

TEST(TarReader, LabelsAndListsOfNamesAreNoFiles) {
  const std::string archive = RawHeader('V', "label").str() +
                              with_content('D', std::string("Yf\0\0", 4)) +
                              RawHeader('0', "next").size(1).str() + padded("n") + k_end;
  base::StringSource source(archive);
  TarReader reader(source, "a.tar");
  const auto directory = reader.next();
  EXPECT_EQ(directory->type, EntryType::directory);
  EXPECT_EQ(directory->size, 0U);
  EXPECT_EQ(reader.next()->path, "next");
  EXPECT_FALSE(reader.next());
}

TEST(TarReader, WrongMapsOfSparseFilesAreRefused) {
  const std::string content = padded("abcde");
  const auto old = [&](const std::vector<std::pair<std::string, std::string>>& parts,
                       const std::string& size = "14") {
    return gnu_sparse(parts, size, 5).str() + content;
  };
  const auto pax = [&](const std::string& records, const std::string& stored = "abcde") {
    return pax_sparse(records, stored);
  };
  const std::string many = std::to_string(1 << 20) + "\n";
  const std::pair<std::string, const char*> cases[] = {
      {old({{"2", "3"}, {"4", "2"}}), "overlap"},
      {old({{"7", "2"}, {"2", "3"}}), "not in order"},
      {old({{"2", "3"}, {"13", "2"}}), "beyond its end"},
      {old({{"2", "5"}}, "4"), "beyond its end"},
      {old({{"777777777777", "5"}}), "beyond its end"},
      {old({{"2", "3"}}), "have 3 bytes, but 5 are stored"},
      {old({{"x", "3"}}), "sparse offset"},
      {old({{"2", "-1"}}), "sparse size"},
      {gnu_sparse({}, "5", 5).set({k_gnu_sparse_more, 1}, "\1").str(), "have 0 bytes"},
      {RawHeader('S').size(5).str() + content, "can't be a sparse file"},
      {with_content('x', k_pax_1) + RawHeader('5', "d/").str(), "can't be a sparse file"},
      {pax(k_pax_1, "abc"), "map of a sparse file"},
      {pax(k_pax_1, padded("x\n")), "no decimal number"},
      {pax(k_pax_1, padded("-1\n")), "no decimal number"},
      {pax(k_pax_1, std::string(512, '1')), "no decimal number"},
      {pax(k_pax_1, padded("1\n0\n18446744073709551615\n") + "abcde"), "beyond its end"},
      {pax(k_pax_1 + record("GNU.sparse.major", "2")), "format 2.0"},
      {pax(record("GNU.sparse.map", "0,5")), "expected its size"},
      {pax(k_pax_0 + record("GNU.sparse.map", "2,3,7")), "a part without a size"},
      {pax(k_pax_0 + record("GNU.sparse.map", "0,5")), "number of its parts"},
      {pax(k_pax_0 + record("GNU.sparse.map", "2,3,,2")), "no decimal number"},
      {pax(record("GNU.sparse.numbytes", "2")), "an offset, then a size"},
      {pax(record("GNU.sparse.offset", "2,5")), "an offset, then a size"},
      {pax(record("GNU.sparse.size", "9223372036854775808")), "more than 63 bits"},
      {pax(k_pax_1, padded(many + std::string(600'000, '\n'))), "no decimal number"},
      {with_content('g', record("GNU.sparse.major", "1")) + RawHeader().str(), "global"},
  };
  for (const auto& [archive, expected] : cases) {
    try {
      expanded(archive + k_end);
      ADD_FAILURE() << "accepted, expected " << expected;
    } catch (const base::Error& error) {
      EXPECT_NE(std::string(error.what()).find(expected), std::string::npos)
          << error.what() << ", expected " << expected;
    }
  }
}

TEST(TarReader, SparseFilesOfTooManyPartsAreRefused) {
  std::string map = "300000\n";
  for (int i = 0; i < 300'000; ++i) map += "0\n0\n";
  try {
    expanded(pax_sparse(k_pax_1, padded(map)) + k_end);
    ADD_FAILURE() << "accepted";
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find("more than 262144 parts"), std::string::npos);
  }
}

TEST(TarReader, EveryTruncationIsFoundOrBetweenEntries) {
  const std::string archive = write_archive(
      {{file_entry("a", 600), std::string(600, 'a')}, {file_entry("\xc3\xa4", 1), "b"}});
  const std::size_t end_of_first = 512 + 1024;
  const std::size_t end_of_second = archive.size() - k_end.size();
  for (std::size_t size = 1; size < archive.size(); ++size) {
    // Single zero blocks and none end an archive too: see EndsWhereOthersEnd.
    const bool fine = size == end_of_first || size == end_of_second || size == end_of_second + 512;
    const std::string cut = archive.substr(0, size);
    if (fine) {
      EXPECT_NO_THROW(read_archive(cut)) << size;
    } else {
      EXPECT_THROW(read_archive(cut), base::Error) << size;
    }
  }
}

}  // namespace
}  // namespace pinnace::archive
