#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "archive/tar_entry.hpp"

namespace pinnace::archive {

/// Keys and values of PAX extended headers that hold for an entry.
using PaxRecords = std::map<std::string, std::string, std::less<>>;

/// Adds the records of an extended header's content ("<length> <key>=<value>\n"...) to `records`; a
/// later one replaces an earlier one of the same key. The numbers of sparse files, which have no
/// keys of their own (GNU.sparse.offset, GNU.sparse.numbytes), become one list under k_sparse_map.
/// Throws invalid_input.
void parse_pax_records(std::string_view content, PaxRecords& records);

/// Changes `entry` to what the records say; a record without value means none, the header block
/// holds. Keys that change nothing we keep (times, names of owners, comments) are ignored; those of
/// sparse files but their name are archive/sparse.hpp's. Throws invalid_input for values that make
/// no sense, unsupported for other character sets.
void apply_pax_records(const PaxRecords& records, TarEntry& entry);

/// Throws unsupported for keys that make no sense for all entries of an archive.
void check_global_records(const PaxRecords& records);

/// A decimal number without a sign; nullopt for anything else, also for one above 64 bits.
std::optional<std::uint64_t> parse_decimal_size(std::string_view text);

}  // namespace pinnace::archive
