#include "archive/tar_header.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "archive/tar_format.hpp"
#include "base/error.hpp"
#include "base/quote.hpp"

namespace pinnace::archive {

namespace {

using base::Error;
using base::ErrorCode;

/// A number field: who it is, and the values that make sense.
struct NumberField {
  const char* name;
  TarField place;
  std::int64_t min;
  std::int64_t max;
};

[[noreturn]] void refuse(const char* field, std::string_view raw, const char* expected) {
  throw Error(ErrorCode::invalid_input, "tar header: field " + std::string(field) + " is \"" +
                                            base::shown(raw) + "\", expected " + expected);
}

std::string_view raw_field(std::string_view block, TarField field) {
  return block.substr(field.offset, field.size);
}

/// Up to the first NUL, or all of the field.
std::string_view text_field(std::string_view block, TarField field) {
  const std::string_view raw = raw_field(block, field);
  return raw.substr(0, raw.find('\0'));
}

/// GNU's base-256: a big-endian two's complement number whose first bit is a mark.
std::optional<std::int64_t> parse_base256(std::string_view raw) {
  const auto first = static_cast<unsigned char>(raw[0]);
  const bool negative = (first & 0x40) != 0;
  std::uint64_t value = negative ? ~std::uint64_t{0} : 0;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const std::uint64_t top = value >> 55;  // must stay all sign bits, or the number has over 64
    if (top != 0 && top != 0x1ff) return std::nullopt;
    auto byte = static_cast<unsigned char>(raw[i]);
    if (i == 0) byte = static_cast<unsigned char>(negative ? byte | 0x80 : byte & 0x7f);
    value = value << 8 | byte;
  }
  return static_cast<std::int64_t>(value);
}

/// Octal digits between spaces, up to a NUL or space; nothing at all is 0.
std::optional<std::int64_t> parse_octal(std::string_view raw) {
  raw = raw.substr(0, raw.find('\0'));
  raw.remove_prefix(std::min(raw.find_first_not_of(' '), raw.size()));
  raw = raw.substr(0, raw.find(' '));
  std::int64_t value = 0;
  for (const char c : raw) {  // at most 12 digits: 36 bits
    if (c < '0' || c > '7') return std::nullopt;
    value = value * 8 + (c - '0');
  }
  return value;
}

std::int64_t parse_number(std::string_view block, const NumberField& field) {
  const std::string_view raw = raw_field(block, field.place);
  const bool base256 = (static_cast<unsigned char>(raw[0]) & 0x80) != 0;
  const auto value = base256 ? parse_base256(raw) : parse_octal(raw);
  if (!value) refuse(field.name, raw, "an octal or base-256 number of at most 64 bits");
  if (*value < field.min || *value > field.max) refuse(field.name, raw, "a number in range");
  return *value;
}

void check_sum(std::string_view block) {
  const std::int64_t stored = parse_number(block, {"checksum", k_checksum, 0, INT64_MAX});
  const TarChecksum sum = tar_checksum(block);
  if (stored != sum.of_unsigned && stored != sum.of_signed) {
    throw Error(ErrorCode::integrity, "tar header: checksum is " + std::to_string(stored) +
                                          ", expected " + std::to_string(sum.of_unsigned));
  }
}

/// Only where the magic says so: other bytes stand there in v7 and GNU headers.
std::string_view prefix_of(std::string_view block) {
  if (raw_field(block, k_magic).substr(0, 6) != k_ustar_magic.substr(0, 6)) return {};
  const bool star = raw_field(block, k_star_trailer) == k_star_trailer_magic;
  return text_field(block, star ? k_star_prefix : k_prefix);
}

}  // namespace

bool is_zero_block(std::string_view block) noexcept {
  return block.find_first_not_of('\0') == std::string_view::npos;
}

std::uint64_t parse_tar_size(std::string_view block, const char* name, TarField field) {
  return static_cast<std::uint64_t>(parse_number(block, {name, field, 0, INT64_MAX}));
}

TarHeader parse_tar_header(std::string_view block) {
  check_sum(block);
  constexpr auto k_max_id = static_cast<std::int64_t>(k_max_tar_id);
  TarHeader header;
  header.type = block[k_type.offset];
  header.name = text_field(block, k_name);
  const std::string_view prefix = prefix_of(block);
  if (!prefix.empty()) header.name.insert(0, std::string(prefix) + "/");
  header.link_name = text_field(block, k_link_name);
  // Some writers leave the file type's bits in the mode.
  header.mode =
      static_cast<std::uint32_t>(parse_number(block, {"mode", k_mode, 0, INT64_MAX}) & 07777);
  header.uid = static_cast<std::uint64_t>(parse_number(block, {"uid", k_uid, 0, k_max_id}));
  header.gid = static_cast<std::uint64_t>(parse_number(block, {"gid", k_gid, 0, k_max_id}));
  header.size = parse_tar_size(block, "size", k_size);
  header.mtime = parse_number(block, {"mtime", k_mtime, INT64_MIN, INT64_MAX});
  if (header.type == '3' || header.type == '4') {
    header.device_major = static_cast<std::uint32_t>(
        parse_number(block, {"devmajor", k_device_major, 0, UINT32_MAX}));
    header.device_minor = static_cast<std::uint32_t>(
        parse_number(block, {"devminor", k_device_minor, 0, UINT32_MAX}));
  }
  return header;
}

}  // namespace pinnace::archive
