#include <sqlite3.h>

#include <memory>

#include "base/error.hpp"
#include "packages/rpm_database.hpp"
#include "packages/rpm_header.hpp"

namespace pinnace::packages {

namespace {

/// Steps of SQLite's machine between two looks, and how many looks there are: ten thousand packages
/// take a thousandth of that. Between two looks are a few rows, each of k_max_value at most.
constexpr int k_steps = 10;
constexpr int k_looks = 10'000'000;
constexpr int k_max_value = 64 << 20;  ///< of a header, or a text of the schema
constexpr int k_max_statement = 1 << 20;
constexpr int k_least_page = 512;

struct CloseDatabase {
  void operator()(sqlite3* database) const noexcept { sqlite3_close(database); }
};
struct EndStatement {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};

/// Nothing but reading the columns of one table: no views, no functions, no pragmas.
int allow(void*, int action, const char* table, const char*, const char*, const char* via) {
  if (action == SQLITE_SELECT) return SQLITE_OK;
  const bool reads = action == SQLITE_READ && via == nullptr && table != nullptr;
  const std::string_view name = reads ? table : "";
  return name == "Packages" || name == "sqlite_master" ? SQLITE_OK : SQLITE_DENY;
}

class Database {
 public:
  Database(std::string bytes, const base::Context& context)
      : m_bytes(std::move(bytes)), m_context(context) {
    leave_wal();
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(":memory:", &opened, SQLITE_OPEN_READWRITE, nullptr);
    m_database.reset(opened);
    check(code);
    sqlite3_limit(opened, SQLITE_LIMIT_LENGTH, k_max_value);
    sqlite3_limit(opened, SQLITE_LIMIT_SQL_LENGTH, k_max_statement);
    sqlite3_limit(opened, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(opened, SQLITE_LIMIT_TRIGGER_DEPTH, 0);
    check(sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr));
    check(sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr));
    check(sqlite3_db_config(opened, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr));
    check(sqlite3_deserialize(opened, "main", reinterpret_cast<unsigned char*>(m_bytes.data()),
                              static_cast<sqlite3_int64>(m_bytes.size()),
                              static_cast<sqlite3_int64>(m_bytes.size()),
                              SQLITE_DESERIALIZE_READONLY));
    sqlite3_progress_handler(opened, k_steps, look, this);
    check(sqlite3_set_authorizer(opened, allow, nullptr));
  }

  /// Calls `take` with each header, as the table has them, which is in the order of their numbers:
  /// SQLite does not sort them, as it would keep all to do so.
  template <class Take>
  void headers(Take take) {
    sqlite3_stmt* prepared = nullptr;
    check(
        sqlite3_prepare_v2(m_database.get(), "SELECT blob FROM Packages", -1, &prepared, nullptr));
    const std::unique_ptr<sqlite3_stmt, EndStatement> statement(prepared);
    int code = SQLITE_OK;
    while ((code = sqlite3_step(prepared)) == SQLITE_ROW) {
      const void* blob = sqlite3_column_blob(prepared, 0);
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(prepared, 0));
      m_context.check();
      m_taken += size;
      if (m_taken > m_bytes.size()) fail("its headers share their bytes");
      take(base::Bytes(static_cast<const std::byte*>(blob), blob == nullptr ? 0 : size));
    }
    if (code != SQLITE_DONE) check(code);
  }

 private:
  [[noreturn]] static void fail(const std::string& problem) {
    throw base::Error(base::ErrorCode::invalid_input, problem);
  }
  /// Whether SQLite is to stop. Its own limits do not count the pages that a value is on: rows may
  /// share them, and a page may lead to itself.
  static int look(void* self) {
    auto& database = *static_cast<Database*>(self);
    const std::size_t most = 8 * (database.m_bytes.size() / k_least_page) + k_looks;
    return database.m_context.stop.stop_requested() || --database.m_looks <= 0 ||
                   database.pages() > most
               ? 1
               : 0;
  }
  /// That were looked at so far.
  std::size_t pages() const {
    std::size_t sum = 0;
    for (const int kind : {SQLITE_DBSTATUS_CACHE_HIT, SQLITE_DBSTATUS_CACHE_MISS}) {
      int count = 0;
      int highest = 0;
      if (sqlite3_db_status(m_database.get(), kind, &count, &highest, 0) == SQLITE_OK)
        sum += static_cast<unsigned>(count);
    }
    return sum;
  }
  /// A database in memory can't have a log beside it; what RPM has closed is whole without.
  void leave_wal() {
    constexpr std::size_t k_versions = 18;  // of writing and reading, in the file's header
    if (m_bytes.size() < 100) return;
    for (const std::size_t at : {k_versions, k_versions + 1}) {
      if (m_bytes[at] == '\2') m_bytes[at] = '\1';
    }
  }
  void check(int code) const {
    if (code == SQLITE_OK) return;
    m_context.check();
    if (code == SQLITE_INTERRUPT) fail("it takes more work than a database of RPM does");
    const char* text = m_database ? sqlite3_errmsg(m_database.get()) : sqlite3_errstr(code);
    fail(std::string("SQLite: ") + text);
  }

  std::string m_bytes;
  const base::Context& m_context;
  int m_looks = k_looks;
  std::size_t m_taken = 0;  ///< bytes of headers
  std::unique_ptr<sqlite3, CloseDatabase> m_database;
};

}  // namespace

Found read_rpm_sqlite(std::string bytes, const base::Context& context) {
  Found found;
  PathBudget budget;
  try {
    Database(std::move(bytes), context).headers([&](base::Bytes header) {
      try {
        found.add(read_rpm_header(header, budget));
      } catch (const base::Error& error) {
        found.problem(error.what());
      }
    });
  } catch (const base::Error& error) {
    context.check();
    found.problem(error.what());
  }
  return found;
}

}  // namespace pinnace::packages
