#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pinnace::archive {

/// A field of a header block: POSIX.1-2017, pax, "ustar Interchange Format".
struct TarField {
  std::size_t offset;
  std::size_t size;
};

inline constexpr TarField k_name = {0, 100};
inline constexpr TarField k_mode = {100, 8};
inline constexpr TarField k_uid = {108, 8};
inline constexpr TarField k_gid = {116, 8};
inline constexpr TarField k_size = {124, 12};
inline constexpr TarField k_mtime = {136, 12};
inline constexpr TarField k_checksum = {148, 8};
inline constexpr TarField k_type = {156, 1};
inline constexpr TarField k_link_name = {157, 100};
inline constexpr TarField k_magic = {257, 8};  ///< with the version
inline constexpr TarField k_device_major = {329, 8};
inline constexpr TarField k_device_minor = {337, 8};
inline constexpr TarField k_prefix = {345, 155};
/// The star program's variant: a shorter prefix, and "tar\0" at the end of the block.
inline constexpr TarField k_star_prefix = {345, 131};
inline constexpr TarField k_star_trailer = {508, 4};

/// GNU's old sparse files: four pairs of numbers in the header, 21 in each block that follows it;
/// whether one (more) does; the file's size.
inline constexpr std::size_t k_gnu_sparse = 386;
inline constexpr std::size_t k_gnu_sparse_more = 482;
inline constexpr std::size_t k_gnu_sparse_block_more = 504;
inline constexpr TarField k_gnu_real_size = {483, 12};

inline constexpr std::string_view k_ustar_magic{
    "ustar\0"
    "00",
    8};
inline constexpr std::string_view k_gnu_magic{"ustar  \0", 8};
inline constexpr std::string_view k_star_trailer_magic{"tar\0", 4};

/// Keys of PAX records for extended attributes start so (star's, taken over by GNU tar, Go and
/// OCI).
inline constexpr std::string_view k_xattr_prefix = "SCHILY.xattr.";
/// GNU tar's keys for sparse files, and the one for a map. Its format 0.0 has a record for each
/// number instead, which parse_pax_records() puts together.
inline constexpr std::string_view k_sparse_prefix = "GNU.sparse.";
inline constexpr std::string_view k_sparse_map = "GNU.sparse.map";

/// The sum of a header's bytes, its checksum field taken as spaces. Old writers summed signed
/// bytes.
struct TarChecksum {
  std::int64_t of_unsigned = 0;
  std::int64_t of_signed = 0;
};

TarChecksum tar_checksum(std::string_view block) noexcept;

}  // namespace pinnace::archive
