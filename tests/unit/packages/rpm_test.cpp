#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <stop_token>

#include "base/error.hpp"
#include "packages/rpm_database.hpp"
#include "packages/rpm_header.hpp"
#include "support/golden.hpp"

// tests/golden/packages: hello.header is a header that rpmbuild 4.18 made, as its database has it;
// Packages.db was written by RPM's own ndb, with that header and a second one.

namespace pinnace::packages {
namespace {

std::string golden(const char* name) {
  return test_support::golden(std::string("packages/") + name);
}

const Package& hello() {
  static const Package k_hello{
      .type = PackageType::rpm,
      .name = "pinnace-hello",
      .version = "2:1.0-3",
      .architecture = "noarch",
      .source = "pinnace-hello",
      .source_version = "1.0-3",
      .licences = {"MIT AND BSD-3-Clause"},
      .files = {{"usr/bin/hello",
                 "sha256:98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4"},
                {"usr/share/doc/hello/README",
                 "sha256:30a4ab973ef8fd561d930d55502df855108ca0b081454b0e761d5141f3778780"}}};
  return k_hello;
}

Package read(const std::string& header) {
  PathBudget budget;
  return read_rpm_header(base::as_bytes(header), budget);
}

/// A database as SQLite itself makes it of these statements.
std::string database(const std::string& statements, const std::string& header = {}) {
  sqlite3* opened = nullptr;
  sqlite3_open(":memory:", &opened);
  sqlite3_exec(opened, statements.c_str(), nullptr, nullptr, nullptr);
  if (!header.empty()) {
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(opened, "INSERT INTO Packages(blob) VALUES(?)", -1, &insert, nullptr);
    sqlite3_bind_blob(insert, 1, header.data(), static_cast<int>(header.size()), SQLITE_STATIC);
    EXPECT_EQ(sqlite3_step(insert), SQLITE_DONE);
    sqlite3_finalize(insert);
  }
  sqlite3_int64 size = 0;
  unsigned char* bytes = sqlite3_serialize(opened, "main", &size, 0);
  std::string text(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  sqlite3_free(bytes);
  sqlite3_close(opened);
  return text;
}

constexpr const char* k_table =
    "CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL);";

TEST(RpmHeader, WhatRpmbuildMade) {
  EXPECT_EQ(read(golden("hello.header")), hello());
}

TEST(RpmHeader, CutOrChangedAnywhereIsAnErrorOrAValue) {
  const std::string whole = golden("hello.header");
  ASSERT_GT(whole.size(), 1000U);
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THROW(read(whole.substr(0, size)), base::Error) << size;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x81);
    try {
      (void)read(changed);
    } catch (const base::Error&) {
    }
  }
}

TEST(RpmSqlite, TheTableOfHeaders) {
  std::string bytes = database(k_table, golden("hello.header"));
  EXPECT_EQ(read_rpm_sqlite(bytes, {}), (Found{{hello()}, {}}));
  bytes[18] = bytes[19] = 2;  // as RPM leaves it: with a log, which is empty
  EXPECT_EQ(read_rpm_sqlite(bytes, {}), (Found{{hello()}, {}}));
}

TEST(RpmSqlite, ABrokenHeaderIsAProblem) {
  const Found found = read_rpm_sqlite(
      database(std::string(k_table) + "INSERT INTO Packages(blob) VALUES(x'00'), ('text');",
               golden("hello.header")),
      {});
  EXPECT_EQ(found.packages, std::vector<Package>{hello()});
  EXPECT_EQ(found.problems.size(), 2U);
}

TEST(RpmSqlite, WhatIsNoDatabase) {
  for (const std::string& bytes :
       {std::string(), std::string("x"), std::string(5000, 'x'), database("CREATE TABLE a(b);"),
        database(k_table).substr(0, 5000)}) {
    const Found found = read_rpm_sqlite(bytes, {});
    EXPECT_TRUE(found.packages.empty());
    EXPECT_EQ(found.problems.size(), 1U);
  }
}

TEST(RpmSqlite, AViewThatNeverEndsIsNotRead) {
  const Found found = read_rpm_sqlite(
      database("CREATE VIEW Packages AS WITH RECURSIVE c(hnum, blob) AS (SELECT 1, 1 UNION ALL "
               "SELECT hnum + 1, blob FROM c) SELECT * FROM c;"),
      {});
  EXPECT_TRUE(found.packages.empty());
  EXPECT_EQ(found.problems.size(), 1U);
}

TEST(RpmSqlite, ChangedAnywhereIsAProblemOrAValue) {
  const std::string whole = database(k_table, golden("hello.header"));
  for (std::size_t at = 0; at < whole.size(); at += at < 200 ? 1 : 37) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0xff);
    (void)read_rpm_sqlite(changed, {});
  }
}

std::string hex(const std::string& bytes) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += k_digits[static_cast<unsigned char>(c) >> 4U];
    text += k_digits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

/// Each row of a table of headers has the bytes of the first one, the pages behind its own among
/// them.
std::string with_shared_pages(int rows) {
  constexpr std::size_t k_page = 512;
  constexpr std::size_t k_cell = 46;  // on its page: size, number, 39 bytes, and where it goes on
  std::string header = golden("hello.header");
  header.resize(8105);
  std::string statements = std::string("PRAGMA page_size = 512;") + k_table;
  statements += "INSERT INTO Packages(blob) VALUES(x'" + hex(header) + "');";
  for (int i = 1; i < rows; ++i) statements += "INSERT INTO Packages(blob) VALUES(zeroblob(2009));";
  std::string bytes = database(statements);
  const auto byte_at = [&](std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at]));
  };
  std::string first;
  for (std::size_t page = k_page; page < bytes.size(); page += k_page) {
    if (bytes[page] != 13 || bytes[page + 1] != 0) continue;  // a leaf of a table
    const std::size_t count = byte_at(page + 3) * 256 + byte_at(page + 4);
    for (std::size_t i = 0; i < count && 8 + 2 * i < k_page; ++i) {
      const std::size_t cell = page + byte_at(page + 8 + 2 * i) * 256 + byte_at(page + 9 + 2 * i);
      if (cell + k_cell > page + k_page || byte_at(cell) < 128) continue;  // not of this table
      if (first.empty() && bytes[cell + 2] == 1) first = bytes.substr(cell, k_cell);
      if (first.empty()) continue;
      bytes.replace(cell, 2, first, 0, 2);
      bytes.replace(cell + 3, k_cell - 3, first, 3, k_cell - 3);
    }
  }
  return bytes;
}

bool mentions(const std::vector<std::string>& problems, const char* text) {
  return std::any_of(problems.begin(), problems.end(), [&](const std::string& problem) {
    return problem.find(text) != std::string::npos;
  });
}

base::Context stopped() {
  std::stop_source source;
  source.request_stop();
  base::Context context;
  context.stop = source.get_token();
  return context;
}

TEST(RpmSqlite, RowsThatShareTheirPagesAreNotAllRead) {
  const Found found = read_rpm_sqlite(with_shared_pages(100), {});
  EXPECT_TRUE(mentions(found.problems, "share"));
  EXPECT_GT(found.packages.size(), 10U);
  EXPECT_LT(found.packages.size(), 60U);
}

TEST(RpmDatabases, AreNotReadAfterAStopRequest) {
  const base::Context context = stopped();
  EXPECT_THROW(read_rpm_sqlite(database(k_table, golden("hello.header")), context), base::Error);
  EXPECT_THROW(read_rpm_ndb(base::as_bytes(golden("Packages.db")), context), base::Error);
}

struct SampleTag {
  std::uint32_t tag, kind, offset, count;
};

std::string header_of(const std::vector<SampleTag>& tags, const std::string& data) {
  const auto number = [](std::size_t value) {
    std::string bytes;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) bytes += static_cast<char>(value >> shift);
    return bytes;
  };
  std::string header = number(tags.size()) + number(data.size());
  for (const SampleTag& one : tags)
    header += number(one.tag) + number(one.kind) + number(one.offset) + number(one.count);
  return header + data;
}

TEST(RpmHeader, MoreNamesThanAnyPackageHasAreAnError) {
  const SampleTag name{1000, 6, 0, 1};
  const std::string data = std::string("a") + std::string(3'000'000, '\0');
  EXPECT_EQ(read(header_of({name}, data)).name, "a");
  EXPECT_THROW(read(header_of({name, {1027, 8, 1, 2'900'000}}, data)), base::Error);
  EXPECT_THROW(read(header_of({name, {1118, 8, 1, 2'900'000}}, data)), base::Error);
  EXPECT_THROW(read(header_of(std::vector<SampleTag>(70'000, name), data)), base::Error);
}

TEST(RpmNdb, SlotsThatShareAHeaderAreNotAllRead) {
  std::string whole = golden("Packages.db");
  const std::size_t first = 32;  // where slots begin
  for (std::size_t at = first + 16; at + 16 <= 4096; at += 16)
    whole.replace(at, 16, whole, first, 16);
  const Found found = read_rpm_ndb(base::as_bytes(whole), {});
  EXPECT_TRUE(mentions(found.problems, "share"));
  EXPECT_LT(found.packages.size(), 100U);
}

TEST(RpmNdb, WhatRpmWrote) {
  const Found found = read_rpm_ndb(base::as_bytes(golden("Packages.db")), {});
  EXPECT_EQ(found.problems, std::vector<std::string>{});
  ASSERT_EQ(found.packages.size(), 2U);
  EXPECT_EQ(found.packages[0].name, "pinnace-second");
  EXPECT_EQ(found.packages[0].version, "1.0-3");
  EXPECT_EQ(found.packages[1], hello());
}

TEST(RpmNdb, CutOrChangedAnywhereIsAProblemOrAValue) {
  const std::string whole = golden("Packages.db");
  for (std::size_t size = 0; size < whole.size(); size += 13)
    EXPECT_FALSE(read_rpm_ndb(base::as_bytes(whole.substr(0, size)), {}).problems.empty()) << size;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0xff);
    (void)read_rpm_ndb(base::as_bytes(changed), {});
  }
}

}  // namespace
}  // namespace pinnace::packages
