#pragma once

#include <string>

#include "base/context.hpp"
#include "base/io.hpp"
#include "packages/package.hpp"

/// The databases in which RPM keeps the headers of what is installed. Each header has bytes of its
/// own: where several share some, the work could be any, and reading ends with a problem when they
/// have more together than the file. Both throw cancelled, within a second of the request.
namespace pinnace::packages {

/// Reads rpmdb.sqlite (Fedora 33, RHEL 9 and later). SQLite works on these bytes in memory, with
/// bounded work, and may do nothing but read the one table.
Found read_rpm_sqlite(std::string database, const base::Context& context);

/// Reads Packages.db, RPM's own format "ndb" (SUSE; lib/backend/ndb/rpmpkg.c of RPM).
Found read_rpm_ndb(base::Bytes database, const base::Context& context);

}  // namespace pinnace::packages
