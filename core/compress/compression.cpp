#include "compress/compression.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/error.hpp"
#include "compress/chunk_codec.hpp"
#include "compress/ordered_pipeline.hpp"

namespace pinnace::compress {

namespace {

struct Name {
  std::string_view text;
  Compression value;
};

constexpr std::array<Name, 5> k_names = {{{"gzip", {Format::gzip, Level::fast}},
                                          {"gzip:balanced", {Format::gzip, Level::balanced}},
                                          {"zstd", {Format::zstd, Level::fast}},
                                          {"zstd:balanced", {Format::zstd, Level::balanced}},
                                          {"none", {Format::none, Level::fast}}}};

std::unique_ptr<ChunkCodec> make_codec(const Compression& compression, unsigned threads,
                                       ChunkCache* chunks) {
  switch (compression.format) {
    case Format::gzip:
      return make_gzip_codec(compression.level, threads, chunks);
    case Format::zstd:
      return make_zstd_codec(compression.level, threads);
    case Format::none:
      break;
  }
  return make_plain_codec();
}

/// Fills chunks and lets a codec work on them in a pipeline.
class ChunkedCompressor final : public Compressor {
 public:
  ChunkedCompressor(std::unique_ptr<ChunkCodec> codec, base::Sink& downstream,
                    base::Sink* uncompressed)
      : m_codec(std::move(codec)), m_downstream(downstream), m_pipeline(stages(uncompressed)) {}

  std::span<std::byte> prepare() override {
    if (m_chunk == nullptr) m_chunk = &m_pipeline.acquire();
    return m_chunk->rest();
  }

  void commit(std::size_t size) override {
    if (size == 0) return;
    if (m_chunk == nullptr || size > m_chunk->rest().size()) {
      throw base::Error(base::ErrorCode::internal, "commit() of more than prepare() gave");
    }
    m_chunk->grow(size);
    if (m_chunk->rest().empty()) submit();
  }

  void boundary() override {
    const std::size_t least = m_codec->boundary_size();
    if (least != 0 && m_chunk != nullptr && m_chunk->input().size() >= least) submit();
  }

  void finish() override {
    if (m_chunk != nullptr && !m_chunk->input().empty()) submit();
    m_pipeline.drain();
    m_codec->end(m_downstream);
  }

 private:
  void submit() { m_pipeline.submit(*std::exchange(m_chunk, nullptr)); }

  OrderedPipeline::Stages stages(base::Sink* uncompressed) {
    OrderedPipeline::Stages stages;
    stages.workers = m_codec->workers();
    stages.chunks = 2 * std::size_t{stages.workers} + 4;
    stages.chunk_capacity = k_chunk_size;
    stages.output_capacity = m_codec->output_capacity();
    stages.work = [this](unsigned worker, Chunk& chunk) { m_codec->compress(worker, chunk); };
    stages.consume = [this](Chunk& chunk) { m_codec->emit(chunk, m_downstream); };
    if (uncompressed != nullptr) {
      stages.tap = [uncompressed](base::Bytes bytes) { uncompressed->write(bytes); };
    }
    return stages;
  }

  std::unique_ptr<ChunkCodec> m_codec;
  base::Sink& m_downstream;
  OrderedPipeline m_pipeline;  ///< its threads use the members above
  Chunk* m_chunk = nullptr;    ///< being filled
};

}  // namespace

Compression Compression::parse(std::string_view text) {
  for (const Name& name : k_names) {
    if (name.text == text) return name.value;
  }
  throw base::Error(base::ErrorCode::invalid_input,
                    "unknown compression \"" + std::string(text.substr(0, 64)) +
                        "\"; expected gzip, gzip:balanced, zstd, zstd:balanced or none");
}

std::string Compression::str() const {
  for (const Name& name : k_names) {
    if (name.value == *this) return std::string(name.text);
  }
  return "none";  // which has no levels
}

std::string Compression::encoder() const {
  switch (format) {
    case Format::gzip:
      return gzip_encoder_name(level);
    case Format::zstd:
      return zstd_encoder_name(level);
    case Format::none:
      break;
  }
  return "none";
}

void Compressor::write(base::Bytes bytes) {
  while (!bytes.empty()) {
    const std::span<std::byte> room = prepare();
    const std::size_t size = std::min(room.size(), bytes.size());
    std::memcpy(room.data(), bytes.data(), size);
    commit(size);
    bytes = bytes.subspan(size);
  }
}

std::unique_ptr<Compressor> make_compressor(const Compression& compression, unsigned threads,
                                            base::Sink& downstream, base::Sink* uncompressed,
                                            ChunkCache* chunks) {
  const unsigned workers = std::clamp(threads, 1U, 256U);
  return std::make_unique<ChunkedCompressor>(make_codec(compression, workers, chunks), downstream,
                                             uncompressed);
}

}  // namespace pinnace::compress
