#include <libdeflate.h>
#include <zlib.h>

#include <array>
#include <utility>
#include <vector>

#include "compress/chunk_cache.hpp"
#include "compress/chunk_codec.hpp"
#include "deflate/encoder.hpp"

namespace pinnace::compress {

namespace {

constexpr std::size_t k_boundary_size = 640 * 1024;
static_assert(k_chunk_size <= deflate::Encoder::k_max_chunk);

/// RFC 1952, section 2.3: no flags, no time, no extra flags, operating system unknown.
constexpr std::array<unsigned char, 10> k_header = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};

deflate::Level deflate_level(Level level) noexcept {
  return level == Level::fast ? deflate::Level::fast : deflate::Level::balanced;
}

void append_le32(std::vector<std::byte>& out, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) out.push_back(std::byte(value >> shift & 0xff));
}

class GzipCodec final : public ChunkCodec {
 public:
  GzipCodec(Level level, unsigned threads, ChunkCache* chunks)
      : m_chunks(chunks), m_encoder_name(gzip_encoder_name(level)) {
    m_encoders.reserve(threads);
    for (unsigned i = 0; i < threads; ++i) m_encoders.emplace_back(deflate_level(level));
  }

  unsigned workers() const noexcept override { return static_cast<unsigned>(m_encoders.size()); }
  std::size_t output_capacity() const noexcept override {
    return deflate::Encoder::bound(k_chunk_size);
  }
  std::size_t boundary_size() const noexcept override { return k_boundary_size; }

  void compress(unsigned worker, Chunk& chunk) override {
    if (m_chunks == nullptr) return encode(worker, chunk);
    const std::string name = m_chunks->name(m_encoder_name, chunk.input());
    if (const auto known = m_chunks->find(name, chunk.output())) {
      chunk.output_size = known->size;
      chunk.checksum = known->checksum;
    } else {
      encode(worker, chunk);
      m_chunks->put(name, chunk.output().first(chunk.output_size), chunk.checksum);
    }
  }

  void emit(Chunk& chunk, base::Sink& downstream) override {
    begin(downstream);
    const std::size_t size = chunk.input().size();
    m_checksum = static_cast<std::uint32_t>(
        ::crc32_combine(m_checksum, chunk.checksum, static_cast<z_off_t>(size)));
    m_size += static_cast<std::uint32_t>(size);
    downstream.write(chunk.output().first(chunk.output_size));
  }

  void end(base::Sink& downstream) override {
    begin(downstream);
    std::vector<std::byte> trailer(std::begin(deflate::k_end), std::end(deflate::k_end));
    append_le32(trailer, m_checksum);
    append_le32(trailer, m_size);
    downstream.write(trailer);
  }

 private:
  void encode(unsigned worker, Chunk& chunk) {
    const base::Bytes input = chunk.input();
    chunk.checksum = libdeflate_crc32(0, input.data(), input.size());
    chunk.output_size = m_encoders[worker].encode(input, chunk.output());
  }

  void begin(base::Sink& downstream) {
    if (std::exchange(m_begun, true)) return;
    downstream.write(std::as_bytes(std::span(k_header)));
  }

  ChunkCache* m_chunks;
  std::string m_encoder_name;
  std::vector<deflate::Encoder> m_encoders;
  bool m_begun = false;
  std::uint32_t m_checksum = 0;
  std::uint32_t m_size = 0;  ///< modulo 2^32, as the trailer wants it
};

}  // namespace

std::unique_ptr<ChunkCodec> make_gzip_codec(Level level, unsigned threads, ChunkCache* chunks) {
  return std::make_unique<GzipCodec>(level, threads, chunks);
}

std::string gzip_encoder_name(Level level) {
  return "pinnace-deflate/" + std::to_string(deflate::k_format) +
         (level == Level::fast ? ":fast" : ":balanced");
}

}  // namespace pinnace::compress
