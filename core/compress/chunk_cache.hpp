#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/io.hpp"
#include "files/cache_files.hpp"
#include "hash/gmac.hpp"

namespace pinnace::compress {

/// What chunks of gzip layers became in earlier builds, in a directory of files: a chunk with known
/// bytes is read instead of compressed, wherever it stands and whatever file it came from. The
/// stream's bytes are the same with and without it. Safe for several threads and processes. A
/// damaged file counts as none (docs/formats/chunk-cache.md).
class ChunkCache {
 public:
  enum class Reuse { no, yes };  ///< no: chunks are kept, but none is taken

  /// Makes the directory, and the key of its names, where they are missing. Throws io.
  ChunkCache(std::filesystem::path directory, Reuse reuse);

  /// The name of a chunk of these bytes, for an encoder as Compression::encoder() names it.
  std::string name(std::string_view encoder, base::Bytes input) const;

  struct Compressed {
    std::size_t size = 0;        ///< bytes of the chunk in the stream
    std::uint32_t checksum = 0;  ///< CRC-32 of the chunk's own bytes
  };
  /// Reads what the chunk became to the front of `output`; nullopt if that isn't known or does not
  /// fit.
  std::optional<Compressed> find(const std::string& name, std::span<std::byte> output);
  /// After the first error, which problem() tells, nothing is kept any more.
  void put(const std::string& name, base::Bytes compressed, std::uint32_t checksum);

  std::uint64_t reused() const noexcept { return m_reused; }  ///< chunks that find() has found
  std::uint64_t kept() const noexcept { return m_kept; }      ///< chunks that put() has written
  std::optional<std::string> problem() const;

  /// Drops what was not used for the longest time until at most `keep` is left, and what killed
  /// builds left behind. Throws io.
  static files::Collected collect(const std::filesystem::path& directory, const files::Keep& keep);

 private:
  hash::Gmac::Tag seal(const std::string& name, base::Bytes checksum, base::Bytes data) const;

  std::filesystem::path m_directory;
  Reuse m_reuse;
  hash::Gmac m_gmac;
  std::atomic<std::uint64_t> m_reused = 0;
  std::atomic<std::uint64_t> m_kept = 0;
  std::atomic<bool> m_broken = false;
  mutable std::mutex m_mutex;
  std::optional<std::string> m_problem;  ///< guarded by m_mutex
};

}  // namespace pinnace::compress
