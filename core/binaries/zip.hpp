#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "binaries/random_access.hpp"

/// Zip archives by their directory, as Java reads them (APPNOTE.TXT of PKWARE, 6.3.10), with zip64
/// and with what is put before them to make them executable.
namespace pinnace::binaries {

struct ZipEntry {
  std::string name;
  bool is_stored = false;    ///< else it is compressed by DEFLATE
  bool is_readable = false;  ///< not encrypted, and not compressed otherwise
  std::uint32_t crc = 0;
  std::uint64_t stored_size = 0;  ///< in the archive
  std::uint64_t size = 0;
  std::uint64_t header = 0;  ///< where its header is in the file
};

class ZipFile {
 public:
  /// Keeps the entries that are wanted by their names. Throws invalid_input for what is no zip
  /// archive, or has a directory that is damaged or larger than k_max_directory.
  ZipFile(const RandomAccess& file, const std::function<bool(std::string_view)>& wants);

  static constexpr std::size_t k_max_directory = 64 << 20;

  const std::vector<ZipEntry>& entries() const noexcept { return m_entries; }
  /// Bytes of the directory, which were read.
  std::uint64_t directory_size() const noexcept { return m_directory_size; }
  /// Where the bytes of an entry are as the archive has them. Throws invalid_input.
  PartAccess stored(const ZipEntry& entry) const;
  /// The content of an entry. Throws invalid_input if that is not readable, larger than `limit`, or
  /// has another size or CRC-32 than the directory says.
  std::string read(const ZipEntry& entry, std::size_t limit) const;

 private:
  struct Directory;
  static Directory find_directory(const RandomAccess& file);
  void read_directory(const std::string& bytes, std::uint64_t before,
                      const std::function<bool(std::string_view)>& wants);

  const RandomAccess& m_file;
  std::uint64_t m_directory_size = 0;
  std::vector<ZipEntry> m_entries;
};

}  // namespace pinnace::binaries
