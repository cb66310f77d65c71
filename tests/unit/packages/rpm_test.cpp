#include <gtest/gtest.h>
#include <sqlite3.h>

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
  static const Package k_hello{.type = PackageType::rpm,
                               .name = "pinnace-hello",
                               .version = "2:1.0-3",
                               .architecture = "noarch",
                               .source = "pinnace-hello",
                               .source_version = "1.0-3",
                               .licences = {"MIT AND BSD-3-Clause"},
                               .files = {{"usr/bin/hello"}, {"usr/share/doc/hello/README"}}};
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
  EXPECT_EQ(read_rpm_sqlite(bytes), (Found{{hello()}, {}}));
  bytes[18] = bytes[19] = 2;  // as RPM leaves it: with a log, which is empty
  EXPECT_EQ(read_rpm_sqlite(bytes), (Found{{hello()}, {}}));
}

TEST(RpmSqlite, ABrokenHeaderIsAProblem) {
  const Found found = read_rpm_sqlite(
      database(std::string(k_table) + "INSERT INTO Packages(blob) VALUES(x'00'), ('text');",
               golden("hello.header")));
  EXPECT_EQ(found.packages, std::vector<Package>{hello()});
  EXPECT_EQ(found.problems.size(), 2U);
}

TEST(RpmSqlite, WhatIsNoDatabase) {
  for (const std::string& bytes :
       {std::string(), std::string("x"), std::string(5000, 'x'), database("CREATE TABLE a(b);"),
        database(k_table).substr(0, 5000)}) {
    const Found found = read_rpm_sqlite(bytes);
    EXPECT_TRUE(found.packages.empty());
    EXPECT_EQ(found.problems.size(), 1U);
  }
}

TEST(RpmSqlite, AViewThatNeverEndsIsNotRead) {
  const Found found = read_rpm_sqlite(
      database("CREATE VIEW Packages AS WITH RECURSIVE c(hnum, blob) AS (SELECT 1, 1 UNION ALL "
               "SELECT hnum + 1, blob FROM c) SELECT * FROM c;"));
  EXPECT_TRUE(found.packages.empty());
  EXPECT_EQ(found.problems.size(), 1U);
}

TEST(RpmSqlite, ChangedAnywhereIsAProblemOrAValue) {
  const std::string whole = database(k_table, golden("hello.header"));
  for (std::size_t at = 0; at < whole.size(); at += at < 200 ? 1 : 37) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0xff);
    (void)read_rpm_sqlite(changed);
  }
}

TEST(RpmNdb, WhatRpmWrote) {
  const Found found = read_rpm_ndb(base::as_bytes(golden("Packages.db")));
  EXPECT_EQ(found.problems, std::vector<std::string>{});
  ASSERT_EQ(found.packages.size(), 2U);
  EXPECT_EQ(found.packages[0].name, "pinnace-second");
  EXPECT_EQ(found.packages[0].version, "1.0-3");
  EXPECT_EQ(found.packages[1], hello());
}

TEST(RpmNdb, CutOrChangedAnywhereIsAProblemOrAValue) {
  const std::string whole = golden("Packages.db");
  for (std::size_t size = 0; size < whole.size(); size += 13)
    EXPECT_FALSE(read_rpm_ndb(base::as_bytes(whole.substr(0, size))).problems.empty()) << size;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0xff);
    (void)read_rpm_ndb(base::as_bytes(changed));
  }
}

}  // namespace
}  // namespace pinnace::packages
