#include <algorithm>

#include "base/error.hpp"
#include "packages/numbers.hpp"
#include "packages/rpm_database.hpp"
#include "packages/rpm_header.hpp"

namespace pinnace::packages {

namespace {

constexpr std::string_view k_magic = "RpmP";
constexpr std::string_view k_slot_magic = "Slot";
constexpr std::string_view k_blob_magic = "BlbS";
constexpr std::size_t k_version = 4;
constexpr std::size_t k_slot_pages = 12;
constexpr std::size_t k_file_header = 32;
constexpr std::size_t k_page = 4096;
constexpr std::size_t k_slot = 16;
constexpr std::size_t k_block = 16;
constexpr std::size_t k_blob_header = 16;

/// Its numbers are little-endian; the headers in it are not.
std::uint32_t little_endian(std::string_view bytes, std::size_t at) {
  return number32_at(bytes, at, std::endian::little);
}

/// The header that a slot leads to; empty if there is none.
std::string_view header_at(std::string_view file, std::string_view slot) {
  const std::uint32_t number = little_endian(slot, 4);
  const std::uint64_t begin = std::uint64_t{little_endian(slot, 8)} * k_block;
  const std::uint64_t size = std::uint64_t{little_endian(slot, 12)} * k_block;
  if (begin > file.size() || size > file.size() - begin || size < k_blob_header) return {};
  const std::string_view blob = file.substr(begin, size);
  const std::size_t length = little_endian(blob, 12);
  const bool is_one = blob.starts_with(k_blob_magic) && little_endian(blob, 4) == number &&
                      length <= blob.size() - k_blob_header;
  return is_one ? blob.substr(k_blob_header, length) : std::string_view();
}

}  // namespace

Found read_rpm_ndb(base::Bytes database, const base::Context& context) {
  Found found;
  PathBudget budget;
  std::size_t bytes = 0;
  const std::string_view file = base::as_text(database);
  if (file.size() < k_file_header || !file.starts_with(k_magic) ||
      little_endian(file, k_version) != 0) {
    found.problem("it is no database of RPM's format ndb, version 0");
    return found;
  }
  const std::uint64_t end = std::uint64_t{little_endian(file, k_slot_pages)} * k_page;
  if (end > file.size()) found.problem("it is cut off");
  for (std::size_t at = k_file_header; at + k_slot <= std::min<std::uint64_t>(end, file.size());
       at += k_slot) {
    const std::string_view slot = file.substr(at, k_slot);
    context.check();
    if (!slot.starts_with(k_slot_magic) || little_endian(slot, 4) == 0) continue;
    const std::string_view header = header_at(file, slot);
    bytes += header.size();
    if (bytes > file.size()) {
      found.problem("its headers share their bytes");
      break;
    }
    try {
      if (!found.add(read_rpm_header(base::as_bytes(header), budget))) break;
    } catch (const base::Error& error) {
      found.problem(error.what());
    }
  }
  return found;
}

}  // namespace pinnace::packages
