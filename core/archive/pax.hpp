#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "archive/tar_entry.hpp"

namespace pinnace::archive {

/// Keys and values of PAX extended headers that hold for an entry.
using PaxRecords = std::map<std::string, std::string, std::less<>>;

/// Adds the records of an extended header's content ("<length> <key>=<value>\n"...) to `records`; a
/// later one replaces an earlier one of the same key. Throws invalid_input.
void parse_pax_records(std::string_view content, PaxRecords& records);

/// Changes `entry` to what the records say; a record without value means none, the header block
/// holds. Keys that change nothing we keep (times, names of owners, comments) are ignored. Throws
/// invalid_input for values that make no sense, unsupported for sparse files and other character
/// sets.
void apply_pax_records(const PaxRecords& records, TarEntry& entry);

/// Throws unsupported for keys that make no sense for all entries of an archive.
void check_global_records(const PaxRecords& records);

}  // namespace pinnace::archive
