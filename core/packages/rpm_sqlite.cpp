#include <sqlite3.h>

#include <memory>

#include "base/error.hpp"
#include "packages/rpm_database.hpp"
#include "packages/rpm_header.hpp"

namespace pinnace::packages {

namespace {

/// Steps of SQLite's machine between two looks, and how many looks there are: ten thousand packages
/// take a thousandth of that.
constexpr int k_steps = 100'000;
constexpr int k_looks = 1'000;
constexpr int k_max_header = 256 << 20;

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

int look(void* looks) {
  return --*static_cast<int*>(looks) <= 0 ? 1 : 0;
}

class Database {
 public:
  explicit Database(std::string bytes) : m_bytes(std::move(bytes)) {
    leave_wal();
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(":memory:", &opened, SQLITE_OPEN_READWRITE, nullptr);
    m_database.reset(opened);
    check(code);
    sqlite3_limit(opened, SQLITE_LIMIT_LENGTH, k_max_header);
    sqlite3_limit(opened, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(opened, SQLITE_LIMIT_TRIGGER_DEPTH, 0);
    check(sqlite3_db_config(opened, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr));
    check(sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr));
    check(sqlite3_db_config(opened, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr));
    check(sqlite3_deserialize(opened, "main", reinterpret_cast<unsigned char*>(m_bytes.data()),
                              static_cast<sqlite3_int64>(m_bytes.size()),
                              static_cast<sqlite3_int64>(m_bytes.size()),
                              SQLITE_DESERIALIZE_READONLY));
    sqlite3_progress_handler(opened, k_steps, look, &m_looks);
    check(sqlite3_set_authorizer(opened, allow, nullptr));
  }

  /// Calls `take` with each header, in the order of their numbers.
  template <class Take>
  void headers(Take take) {
    sqlite3_stmt* prepared = nullptr;
    check(sqlite3_prepare_v2(m_database.get(), "SELECT blob FROM Packages ORDER BY hnum", -1,
                             &prepared, nullptr));
    const std::unique_ptr<sqlite3_stmt, EndStatement> statement(prepared);
    int code = SQLITE_OK;
    while ((code = sqlite3_step(prepared)) == SQLITE_ROW) {
      const void* blob = sqlite3_column_blob(prepared, 0);
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(prepared, 0));
      take(base::Bytes(static_cast<const std::byte*>(blob), blob == nullptr ? 0 : size));
    }
    if (code != SQLITE_DONE) check(code);
  }

 private:
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
    const char* text = m_database ? sqlite3_errmsg(m_database.get()) : sqlite3_errstr(code);
    throw base::Error(base::ErrorCode::invalid_input, std::string("SQLite: ") + text);
  }

  std::string m_bytes;
  int m_looks = k_looks;
  std::unique_ptr<sqlite3, CloseDatabase> m_database;
};

}  // namespace

Found read_rpm_sqlite(std::string bytes) {
  Found found;
  PathBudget budget;
  try {
    Database(std::move(bytes)).headers([&](base::Bytes header) {
      try {
        found.add(read_rpm_header(header, budget));
      } catch (const base::Error& error) {
        found.problem(error.what());
      }
    });
  } catch (const base::Error& error) {
    found.problem(error.what());
  }
  return found;
}

}  // namespace pinnace::packages
