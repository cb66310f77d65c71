#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "archive/tar_entry.hpp"
#include "base/io.hpp"

namespace pinnace::archive {

inline constexpr std::size_t k_tar_block = 512;

/// What ends an archive: two blocks of zeros, and no filling up to a larger record.
inline constexpr std::array<std::byte, 2 * k_tar_block> k_tar_end{};

/// Zero bytes that follow a content of `size` bytes, so that the next header starts at a block.
constexpr std::size_t tar_padding(std::uint64_t size) noexcept {
  return static_cast<std::size_t>((k_tar_block - size % k_tar_block) % k_tar_block);
}

/// Appends the header of `entry` to `out`: one ustar block (POSIX.1-2017, pax, "ustar Interchange
/// Format"), before it a PAX extended header for what does not fit: long or non-ASCII paths and
/// link targets, sizes from 8 GiB, owners above 2097151, times before 1970, extended attributes.
/// The bytes are a function of the entry alone (docs/formats/layer-encoding.md). The content
/// (entry.size bytes), its padding and k_tar_end are the caller's to write. Throws invalid_input
/// for what tar can't say: an empty path, NUL bytes, content of a directory or link, '=' in the
/// name of an attribute, more than 1 MiB of attributes.
void append_tar_header(const TarEntry& entry, std::string& out);

/// Writes a whole archive to a sink, for content that is at hand.
class TarWriter {
 public:
  /// `out` must outlive the writer.
  explicit TarWriter(base::Sink& out) : m_out(out) {}
  /// Throws invalid_input unless `content` has entry.size bytes.
  void add(const TarEntry& entry, base::Bytes content = {});
  /// Ends the archive.
  void finish();

 private:
  base::Sink& m_out;
  std::string m_buffer;
};

}  // namespace pinnace::archive
