#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "archive/tar_entry.hpp"
#include "archive/tar_format.hpp"

namespace pinnace::archive {

/// A header block as it stands, before extended headers change what it says.
struct TarHeader {
  char type = '0';
  std::string name;  ///< with its prefix
  std::string link_name;
  std::uint32_t mode = 0;
  std::uint64_t uid = 0;
  std::uint64_t gid = 0;
  std::uint64_t size = 0;
  std::int64_t mtime = 0;
  std::uint32_t device_major = 0;
  std::uint32_t device_minor = 0;
};

/// Largest size that is taken: what offsets of files can say.
inline constexpr std::uint64_t k_max_tar_size = INT64_MAX;
/// User and group numbers have 32 bits on Linux.
inline constexpr std::uint64_t k_max_tar_id = UINT32_MAX;

bool is_zero_block(std::string_view block) noexcept;

/// Reads a block of 512 bytes: v7, ustar, star or GNU. Throws integrity for a wrong checksum,
/// invalid_input for fields that are no numbers or out of range.
TarHeader parse_tar_header(std::string_view block);

/// A field that is a size or offset; `name` is for the message. Throws invalid_input.
std::uint64_t parse_tar_size(std::string_view block, const char* name, TarField field);

}  // namespace pinnace::archive
