#include "archive/pax.hpp"

#include <charconv>

#include "archive/tar_format.hpp"
#include "archive/tar_header.hpp"
#include "base/error.hpp"
#include "base/quote.hpp"

namespace pinnace::archive {

namespace {

using base::Error;
using base::ErrorCode;

constexpr std::string_view k_sparse_offset = "GNU.sparse.offset";
constexpr std::string_view k_sparse_bytes = "GNU.sparse.numbytes";
constexpr std::string_view k_sparse_name = "GNU.sparse.name";

[[noreturn]] void refuse_record(const char* why) {
  throw Error(ErrorCode::invalid_input, std::string("PAX header: ") + why);
}

[[noreturn]] void refuse(std::string_view key, std::string_view value, const char* expected) {
  throw Error(ErrorCode::invalid_input, "PAX header: record " + base::shown(key) + " is \"" +
                                            base::shown(value) + "\", expected " + expected);
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

/// All of `text` as a decimal number.
template <class Number>
std::optional<Number> parse_decimal(std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::uint64_t to_number(std::string_view key, std::string_view value, std::uint64_t max) {
  const auto number = parse_decimal_size(value);
  if (!number || *number > max) refuse(key, value, "a decimal number in range");
  return *number;
}

/// "<seconds>[.<fraction>]", rounded down.
std::int64_t to_time(std::string_view key, std::string_view value) {
  const std::size_t dot = value.find('.');
  const std::string_view fraction =
      dot == std::string_view::npos ? std::string_view{} : value.substr(dot + 1);
  const auto seconds = parse_decimal<std::int64_t>(value.substr(0, dot));
  if (!seconds || *seconds == INT64_MIN ||
      fraction.find_first_not_of("0123456789") != std::string_view::npos) {
    refuse(key, value, "seconds since 1970");
  }
  const bool negative = value[0] == '-';
  const bool whole = fraction.find_first_not_of('0') == std::string_view::npos;
  return negative && !whole ? *seconds - 1 : *seconds;
}

std::string to_name(std::string_view key, const std::string& value) {
  if (value.find('\0') != std::string::npos) refuse(key, value, "a name without NUL bytes");
  return value;
}

void check_charset(std::string_view key, std::string_view value) {
  if (value == "BINARY" || value == "ISO-IR 10646 2000 UTF-8") return;
  throw Error(ErrorCode::unsupported, "PAX header: " + std::string(key) + " \"" +
                                          base::shown(value) + "\"; only UTF-8 can be read");
}

void apply_record(const std::string& key, const std::string& value, TarEntry& entry) {
  if (key == "path") {
    entry.path = to_name(key, value);
  } else if (key == "linkpath") {
    entry.link_target = to_name(key, value);
  } else if (key == "size") {
    entry.size = to_number(key, value, k_max_tar_size);
  } else if (key == "uid") {
    entry.uid = to_number(key, value, k_max_tar_id);
  } else if (key == "gid") {
    entry.gid = to_number(key, value, k_max_tar_id);
  } else if (key == "mtime") {
    entry.mtime = to_time(key, value);
  } else if (key == "hdrcharset") {
    check_charset(key, value);
  } else if (starts_with(key, k_xattr_prefix)) {
    const std::string name = key.substr(k_xattr_prefix.size());
    if (name.empty()) refuse(key, value, "a name of the attribute");
    entry.xattrs[to_name(key, name)] = value;
  }
}

/// A number of a sparse file's map: offsets and sizes by turns.
void add_to_map(std::string_view key, const std::string& value, std::size_t number,
                PaxRecords& records) {
  const bool is_offset = key == k_sparse_offset;
  if (is_offset != (number % 2 == 0) || value.find(',') != std::string::npos)
    refuse(key, value, "an offset, then a size");
  std::string& map = records[std::string(k_sparse_map)];
  map += (map.empty() ? "" : ",") + value;
}

}  // namespace

std::optional<std::uint64_t> parse_decimal_size(std::string_view text) {
  return parse_decimal<std::uint64_t>(text);
}

void parse_pax_records(std::string_view content, PaxRecords& records) {
  std::size_t map_numbers = 0;
  while (!content.empty()) {
    const std::size_t space = content.find(' ');
    if (space == std::string_view::npos) refuse_record("expected \"<length> <key>=<value>\"");
    const auto length = parse_decimal<std::uint32_t>(content.substr(0, space));
    if (!length || *length < space + 4 || *length > content.size()) {
      refuse_record("the length of a record is wrong");
    }
    const std::string_view record = content.substr(space + 1, *length - space - 1);
    content.remove_prefix(*length);
    const std::size_t equals = record.find('=');
    if (record.back() != '\n' || equals == 0 || equals == std::string_view::npos) {
      refuse_record("expected a record \"<length> <key>=<value>\" and a line end");
    }
    const std::string_view key = record.substr(0, equals);
    std::string value(record.substr(equals + 1, record.size() - equals - 2));
    if (key == k_sparse_offset || key == k_sparse_bytes) {
      add_to_map(key, value, map_numbers++, records);
    } else {
      records.insert_or_assign(std::string(key), std::move(value));
    }
  }
}

void apply_pax_records(const PaxRecords& records, TarEntry& entry) {
  for (const auto& [key, value] : records) {
    const bool may_be_empty = starts_with(key, k_xattr_prefix);
    if (!value.empty() || may_be_empty) apply_record(key, value, entry);
  }
  // The path of a sparse file is made up, for readers that don't know of them.
  if (const auto name = records.find(k_sparse_name); name != records.end())
    entry.path = to_name(name->first, name->second);
}

void check_global_records(const PaxRecords& records) {
  const auto sparse = records.lower_bound(k_sparse_prefix);
  if (sparse != records.end() && starts_with(sparse->first, k_sparse_prefix))
    throw Error(ErrorCode::unsupported, "PAX global header: sparse files can't be read");
  for (const char* key : {"path", "linkpath", "size"}) {
    if (records.find(key) == records.end()) continue;
    throw Error(ErrorCode::unsupported,
                std::string("PAX global header: a ") + key + " for all entries can't be read");
  }
}

}  // namespace pinnace::archive
