#include "binaries/zip.hpp"

#include <zlib.h>

#include <algorithm>
#include <optional>

#include "base/error.hpp"
#include "binaries/inflate.hpp"
#include "packages/numbers.hpp"

namespace pinnace::binaries {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view k_end_magic = "PK\5\6"sv;
constexpr std::string_view k_locator_magic = "PK\6\7"sv;
constexpr std::string_view k_end64_magic = "PK\6\6"sv;
constexpr std::string_view k_entry_magic = "PK\1\2"sv;
constexpr std::string_view k_header_magic = "PK\3\4"sv;
constexpr std::size_t k_end_size = 22;
constexpr std::size_t k_locator_size = 20;
constexpr std::size_t k_end64_size = 56;
constexpr std::size_t k_entry_size = 46;
constexpr std::size_t k_header_size = 30;
constexpr std::size_t k_max_comment = 65535;
constexpr std::uint64_t k_elsewhere = 0xffffffff;  ///< the number is in the fields of zip64
constexpr unsigned k_zip64_field = 1;
constexpr unsigned k_is_encrypted = 1;
constexpr unsigned k_stored = 0;
constexpr unsigned k_deflated = 8;

[[noreturn]] void fail(const char* problem) {
  throw base::Error(base::ErrorCode::invalid_input, problem);
}

std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  if (at > bytes.size() || size > bytes.size() - at) fail("the zip archive's directory is damaged");
  return packages::number_of(bytes.substr(at, size), std::endian::little);
}

/// Of an entry's extra fields that of zip64, which has what its own fields have no room for.
std::string_view zip64_field(std::string_view extra) {
  while (extra.size() >= 4) {
    const std::uint64_t size = number(extra, 2, 2);
    if (size > extra.size() - 4) break;
    if (number(extra, 0, 2) == k_zip64_field) return extra.substr(4, size);
    extra.remove_prefix(4 + size);
  }
  return {};
}

/// `value`, or where that is not there, the next number of the field.
std::uint64_t take64(std::uint64_t value, std::string_view& field) {
  if (value != k_elsewhere || field.size() < 8) return value;
  const std::uint64_t taken = number(field, 0, 8);
  field.remove_prefix(8);
  return taken;
}

/// Whether an end that is not the file's leads to entries, as Java wants it to: then bytes were
/// added behind the archive. Else it may stand in the comment of another one.
bool has_entries(const RandomAccess& file, std::uint64_t end, std::string_view record) {
  const std::uint64_t size = number(record, 12, 4);
  const std::uint64_t offset = number(record, 16, 4);
  if (size > end || offset > end - size) return false;
  return read_range(file, end - size, k_entry_magic.size()) == k_entry_magic &&
         read_range(file, end - size - offset, k_header_magic.size()) == k_header_magic;
}

std::uint32_t crc_of(const std::string& bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace

/// Where it is by the file, and where it should be by the archive: the difference stands before
/// the archive.
struct ZipFile::Directory {
  std::uint64_t end;
  std::uint64_t size;
  std::uint64_t offset;
};

ZipFile::Directory ZipFile::find_directory(const RandomAccess& file) {
  const std::uint64_t tail = std::min<std::uint64_t>(file.size(), k_end_size + k_max_comment);
  const std::uint64_t begin = file.size() - tail;
  const std::string bytes = read_range(file, begin, tail);
  for (std::size_t at = bytes.rfind(k_end_magic); at != std::string::npos;
       at = at == 0 ? std::string::npos : bytes.rfind(k_end_magic, at - 1)) {
    if (bytes.size() - at < k_end_size) continue;
    const bool ends_here = number(bytes, at + 20, 2) == bytes.size() - at - k_end_size;
    if (!ends_here && !has_entries(file, begin + at, bytes.substr(at, k_end_size))) continue;
    const Directory directory{begin + at, number(bytes, at + 12, 4), number(bytes, at + 16, 4)};
    if (directory.end < k_locator_size) return directory;
    const std::string locator = read_range(file, directory.end - k_locator_size, k_locator_size);
    if (!locator.starts_with(k_locator_magic)) return directory;
    // The end of zip64 stands before its locator; where, the latter says but for what is before the
    // archive.
    if (directory.end < k_locator_size + k_end64_size) fail("the zip archive's end is damaged");
    const std::uint64_t end64 = directory.end - k_locator_size - k_end64_size;
    const std::string end = read_range(file, end64, k_end64_size);
    if (!end.starts_with(k_end64_magic)) fail("the zip archive's end is damaged");
    return {end64, number(end, 40, 8), number(end, 48, 8)};
  }
  fail("it is no zip archive");
}

ZipFile::ZipFile(const RandomAccess& file, const std::function<bool(std::string_view)>& wants)
    : m_file(file) {
  const Directory directory = find_directory(file);
  if (directory.size > k_max_directory) fail("the zip archive's directory is too large");
  if (directory.size > directory.end || directory.offset > directory.end - directory.size)
    fail("the zip archive's directory is damaged");
  const std::uint64_t begin = directory.end - directory.size;
  m_directory_size = directory.size;
  read_directory(read_range(file, begin, directory.size), begin - directory.offset, wants);
}

void ZipFile::read_directory(const std::string& bytes, std::uint64_t before,
                             const std::function<bool(std::string_view)>& wants) {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    if (!rest.starts_with(k_entry_magic)) fail("the zip archive's directory is damaged");
    const std::uint64_t name_size = number(rest, 28, 2);
    const std::uint64_t extra_size = number(rest, 30, 2);
    const std::uint64_t size = k_entry_size + name_size + extra_size + number(rest, 32, 2);
    if (size > rest.size()) fail("the zip archive's directory is damaged");
    const std::string_view name = rest.substr(k_entry_size, name_size);
    if (wants(name)) {
      std::string_view field = zip64_field(rest.substr(k_entry_size + name_size, extra_size));
      ZipEntry entry{.name = std::string(name)};
      const std::uint64_t method = number(rest, 10, 2);
      entry.is_stored = method == k_stored;
      entry.is_readable =
          (number(rest, 8, 2) & k_is_encrypted) == 0 && (entry.is_stored || method == k_deflated);
      entry.crc = static_cast<std::uint32_t>(number(rest, 16, 4));
      entry.size = take64(number(rest, 24, 4), field);
      entry.stored_size = take64(number(rest, 20, 4), field);
      const std::uint64_t header = take64(number(rest, 42, 4), field);
      if (header > m_file.size()) fail("the zip archive's directory is damaged");
      entry.header = before + header;
      m_entries.push_back(std::move(entry));
    }
    rest.remove_prefix(size);
  }
}

PartAccess ZipFile::stored(const ZipEntry& entry) const {
  const std::string header = read_range(m_file, entry.header, k_header_size);
  if (!header.starts_with(k_header_magic)) fail("an entry is not where the directory says");
  const std::uint64_t begin =
      entry.header + k_header_size + number(header, 26, 2) + number(header, 28, 2);
  return {m_file, begin, entry.stored_size};
}

std::string ZipFile::read(const ZipEntry& entry, std::size_t limit) const {
  if (!entry.is_readable) fail("an entry is encrypted, or compressed by an unknown method");
  if (entry.size > limit) fail("an entry is too large");
  const PartAccess bytes = stored(entry);
  if (entry.is_stored && entry.size != entry.stored_size) fail("an entry has two sizes");
  std::string content = entry.is_stored ? read_range(bytes, 0, entry.size)
                                        : inflate(bytes, Wrapping::none, entry.size);
  if (content.size() != entry.size || crc_of(content) != entry.crc) fail("an entry is damaged");
  return content;
}

}  // namespace pinnace::binaries
