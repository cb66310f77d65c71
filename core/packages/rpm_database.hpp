#pragma once

#include <string>

#include "base/io.hpp"
#include "packages/package.hpp"

/// The databases in which RPM keeps the headers of what is installed.
namespace pinnace::packages {

/// Reads rpmdb.sqlite (Fedora 33, RHEL 9 and later). SQLite works on these bytes in memory, with
/// bounded work, and may do nothing but read the one table.
Found read_rpm_sqlite(std::string database);

/// Reads Packages.db, RPM's own format "ndb" (SUSE; lib/backend/ndb/rpmpkg.c of RPM).
Found read_rpm_ndb(base::Bytes database);

}  // namespace pinnace::packages
