#pragma once

#include <cstddef>
#include <memory>

#include "base/io.hpp"
#include "compress/compression.hpp"
#include "compress/ordered_pipeline.hpp"

namespace pinnace::compress {

/// How chunks become a compressed stream: the part of a Compressor that knows the format.
class ChunkCodec {
 public:
  virtual ~ChunkCodec() = default;
  /// Threads that may call compress() at the same time.
  virtual unsigned workers() const noexcept = 0;
  /// Bytes that compress() needs for its output.
  virtual std::size_t output_capacity() const noexcept = 0;
  /// Size of a chunk from which on boundary() ends it; 0: boundaries don't matter.
  virtual std::size_t boundary_size() const noexcept = 0;
  /// Compresses a chunk; with one worker, they come in order. A chunk is never empty.
  virtual void compress(unsigned worker, Chunk& chunk) = 0;
  /// Writes what compress() made, in order of the chunks.
  virtual void emit(Chunk& chunk, base::Sink& downstream) = 0;
  /// Ends the stream, when all chunks were emitted.
  virtual void end(base::Sink& downstream) = 0;
};

/// Chunks are cut here at the latest. Part of the format (docs/formats/layer-encoding.md).
inline constexpr std::size_t k_chunk_size = std::size_t{1} << 20;

/// One gzip member (RFC 1952) of independent chunks; those that `chunks` knows are not compressed.
/// It may be null.
std::unique_ptr<ChunkCodec> make_gzip_codec(Level level, unsigned threads, ChunkCache* chunks);
/// One zstd frame (RFC 8878), compressed by `threads` workers of libzstd.
std::unique_ptr<ChunkCodec> make_zstd_codec(Level level, unsigned threads);
/// Bytes as they are.
std::unique_ptr<ChunkCodec> make_plain_codec();

/// The names for the lock, see Compression::encoder().
std::string gzip_encoder_name(Level level);
std::string zstd_encoder_name(Level level);

}  // namespace pinnace::compress
