#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/context.hpp"
#include "base/io.hpp"

namespace pinnace::compress {

class ChunkCache;

enum class Format { none, gzip, zstd };
enum class Level { fast, balanced };

/// How layers are compressed. The bytes depend on these two fields only: not on the number of
/// threads, the CPU or the machine's byte order.
struct Compression {
  Format format = Format::gzip;
  Level level = Level::fast;

  /// "gzip", "gzip:balanced", "zstd", "zstd:balanced", "none". Throws invalid_input.
  static Compression parse(std::string_view text);
  std::string str() const;
  /// The encoder and the version of its output, for the lock: "pinnace-deflate/1:fast",
  /// "zstd/1.5.4:3". Two builds with equal names make equal bytes of equal input.
  std::string encoder() const;
  bool operator==(const Compression&) const = default;
};

/// Compresses what is written and passes it on to `downstream`, using `threads` workers and bounded
/// memory (a few MiB a worker). Blocks while the workers or `downstream` lag behind. Errors of
/// workers and of `downstream` surface at write(), prepare(), commit(), boundary() or finish(). One
/// thread at a time may use it.
class Compressor : public base::Sink {
 public:
  /// write() without a copy: memory for the caller to fill, at least one byte, at most to the end
  /// of the chunk (1 MiB). Valid until the next call.
  virtual std::span<std::byte> prepare() = 0;
  /// The first `size` bytes of what prepare() gave are written.
  virtual void commit(std::size_t size) = 0;
  /// Copies `bytes` in by prepare() and commit(); where the writes are split changes nothing.
  void write(base::Bytes bytes) final;
  /// Ends the stream; everything has reached `downstream` when it returns. Dropped without
  /// finish(), what `downstream` has got is no valid stream.
  virtual void finish() = 0;
  /// A good place to end a chunk: content that stays the same after here will give the same bytes
  /// again. The output is a function of the written bytes AND of where boundaries were announced.
  virtual void boundary() = 0;
};

/// `threads` >= 1. `downstream` must outlive the compressor; it is called from one thread at a
/// time, not the caller's. So must `uncompressed`: it gets what is written, in order, on a thread
/// of its own (a digest is computed so at the same time), and all of it before finish() returns.
/// `chunks`, which must outlive it too, saves the work for chunks that it knows; for gzip only.
std::unique_ptr<Compressor> make_compressor(const Compression& compression, unsigned threads,
                                            base::Sink& downstream,
                                            base::Sink* uncompressed = nullptr,
                                            ChunkCache* chunks = nullptr);

/// The reverse: finds the format by its magic bytes (gzip, zstd, bzip2, xz); plain bytes pass
/// through. Reads several members, frames or streams to the end, and zeros behind them (of xz by
/// fours). Throws, naming `what`: integrity for a truncated or damaged stream and for other bytes
/// behind it, unsupported for a zstd window or an xz dictionary above 128 MiB, which bounds the
/// memory, cancelled at any read after a stop request: a small stream can be long to skip.
std::unique_ptr<base::Source> make_decompressor(const base::Context& context,
                                                std::unique_ptr<base::Source> compressed,
                                                std::string what);

}  // namespace pinnace::compress
