#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace pinnace::deflate {

/// Version of the bytes that Encoder makes: any change of its output for any input and level
/// must raise it, as images are rebuilt to the same digest only by an encoder of the same version.
inline constexpr unsigned k_format = 1;

enum class Level { fast, balanced };

/// Compresses chunks to raw DEFLATE blocks (RFC 1951).
///
/// A chunk knows nothing of the chunks before it. Its output consists of blocks of which none is
/// final, and ends byte aligned with an empty stored block (as zlib's Z_SYNC_FLUSH does), so
/// outputs can be put one behind the other in one gzip member, which k_end then ends.
///
/// The output is a pure function of the level and the chunk's bytes: it does not depend on earlier
/// calls, threads, the CPU, its byte order, the compiler or its options.
///
/// An encoder owns all of its working memory (below 1.5 MiB); it is not safe to use by two threads
/// at a time.
class Encoder {
 public:
  /// Longest chunk, in bytes.
  static constexpr std::size_t k_max_chunk = std::size_t{1} << 20;

  explicit Encoder(Level level);
  ~Encoder();
  Encoder(Encoder&&) noexcept;
  Encoder& operator=(Encoder&&) noexcept;

  /// Room in bytes that encode() demands for a chunk of `size` bytes; a little more than it can
  /// ever write.
  static constexpr std::size_t bound(std::size_t size) {
    return size + 6 * (size / k_min_block_bytes + 2) + 5 + 16;
  }

  /// Compresses `chunk` to the beginning of `out` and returns the number of bytes written; what is
  /// behind them in `out` may have been overwritten too. Throws std::length_error if `chunk` is
  /// longer than k_max_chunk or `out` is smaller than bound(chunk.size()).
  std::size_t encode(std::span<const std::byte> chunk, std::span<std::byte> out);

 private:
  /// Every block but a chunk's last one covers at least so many bytes.
  static constexpr std::size_t k_min_block_bytes = 8192;

  class Impl;
  std::unique_ptr<Impl> m_impl;
};

/// Ends a gzip member or zlib stream made of encode()'s outputs: an empty final block with fixed
/// codes. The two bytes come after the last chunk's output.
inline constexpr std::byte k_end[] = {std::byte{0x03}, std::byte{0x00}};

}  // namespace pinnace::deflate
