#include <zstd.h>

#include <algorithm>
#include <vector>

#include "base/error.hpp"
#include "compress/chunk_codec.hpp"

namespace pinnace::compress {

namespace {

/// Whether libzstd looks for long repetitions in the whole window, in one pass before the jobs.
enum class LongDistance { no, yes };

/// What decides over the bytes besides libzstd's version, so said here and not left to its
/// defaults. Small jobs keep memory below our 64 MiB; long distance matching makes up for what
/// they cost in size.
struct ZstdParameters {
  int version;  ///< of these parameters
  int level;
  int window_log;
  int overlap_log;  ///< a job sees window >> (9 - overlap_log) bytes of the one before
  int job_size;
  int min_match;  ///< 0: the level's
  LongDistance long_distance;
};

constexpr ZstdParameters k_fast = {2, 3, 23, 6, 1024 * 1024, 4, LongDistance::yes};
constexpr ZstdParameters k_balanced = {1, 9, 21, 7, 2 * 1024 * 1024, 0, LongDistance::no};
constexpr int k_long_distance_hash_log = 18;
constexpr int k_long_distance_rate_log = 7;  ///< one position in so many is remembered

/// Jobs of all workers fit into the window. With more, libzstd would keep its input in a larger
/// buffer, whose end long distance matching might notice.
constexpr unsigned k_max_workers = 8;

constexpr const ZstdParameters& parameters(Level level) noexcept {
  return level == Level::fast ? k_fast : k_balanced;
}

std::size_t check(std::size_t result) {
  if (ZSTD_isError(result) != 0) {
    throw base::Error(base::ErrorCode::internal,
                      std::string("zstd can't compress: ") + ZSTD_getErrorName(result));
  }
  return result;
}

/// libzstd has its own workers and wants the stream in order, so that all is done while chunks are
/// emitted. It gets whole chunks only: how the caller splits its writes can't reach the encoder.
class ZstdCodec final : public ChunkCodec {
 public:
  ZstdCodec(Level level, unsigned threads) : m_stream(ZSTD_createCCtx()) {
    if (!m_stream) throw std::bad_alloc();
    const ZstdParameters& p = parameters(level);
    set(ZSTD_c_compressionLevel, p.level);
    set(ZSTD_c_windowLog, p.window_log);
    set(ZSTD_c_checksumFlag, 1);
    set(ZSTD_c_contentSizeFlag, 0);
    // At least one even for one thread: libzstd without workers cuts no jobs and makes other bytes.
    set(ZSTD_c_nbWorkers, static_cast<int>(std::clamp(threads, 1U, k_max_workers)));
    set(ZSTD_c_jobSize, p.job_size);
    set(ZSTD_c_overlapLog, p.overlap_log);
    set(ZSTD_c_minMatch, p.min_match);
    if (p.long_distance == LongDistance::yes) {
      set(ZSTD_c_enableLongDistanceMatching, 1);
      set(ZSTD_c_ldmHashLog, k_long_distance_hash_log);
      set(ZSTD_c_ldmHashRateLog, k_long_distance_rate_log);
    }
  }

  unsigned workers() const noexcept override { return 0; }
  std::size_t output_capacity() const noexcept override { return 0; }
  std::size_t boundary_size() const noexcept override { return 0; }
  void compress(unsigned /*worker*/, Chunk& /*chunk*/) override {}
  void emit(Chunk& chunk, base::Sink& downstream) override;
  void end(base::Sink& downstream) override;

 private:
  void set(ZSTD_cParameter parameter, int value) {
    check(ZSTD_CCtx_setParameter(m_stream.get(), parameter, value));
  }
  std::size_t step(ZSTD_inBuffer& in, ZSTD_EndDirective directive, base::Sink& downstream);

  struct Free {
    void operator()(ZSTD_CCtx* stream) const noexcept { ZSTD_freeCCtx(stream); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> m_stream;
  std::vector<std::byte> m_output = std::vector<std::byte>(ZSTD_CStreamOutSize());
};

/// One call of the encoder; returns what it says is left to do.
std::size_t ZstdCodec::step(ZSTD_inBuffer& in, ZSTD_EndDirective directive,
                            base::Sink& downstream) {
  ZSTD_outBuffer out{m_output.data(), m_output.size(), 0};
  const std::size_t left = check(ZSTD_compressStream2(m_stream.get(), &out, &in, directive));
  if (out.pos != 0) downstream.write(base::Bytes(m_output).first(out.pos));
  return left;
}

void ZstdCodec::emit(Chunk& chunk, base::Sink& downstream) {
  ZSTD_inBuffer in{chunk.input().data(), chunk.input().size(), 0};
  while (in.pos < in.size) step(in, ZSTD_e_continue, downstream);
}

void ZstdCodec::end(base::Sink& downstream) {
  ZSTD_inBuffer in{nullptr, 0, 0};
  // A first call that ends the stream would tell the encoder its size, which changes parameters.
  step(in, ZSTD_e_continue, downstream);
  while (step(in, ZSTD_e_end, downstream) != 0) {
  }
}

}  // namespace

std::unique_ptr<ChunkCodec> make_zstd_codec(Level level, unsigned threads) {
  return std::make_unique<ZstdCodec>(level, threads);
}

std::string zstd_encoder_name(Level level) {
  const ZstdParameters& p = parameters(level);
  const std::string version = p.version == 1 ? "" : "." + std::to_string(p.version);
  return std::string("zstd/") + ZSTD_versionString() + ":" + std::to_string(p.level) + version;
}

}  // namespace pinnace::compress
