#include "compress/chunk_codec.hpp"

namespace pinnace::compress {

namespace {

class PlainCodec final : public ChunkCodec {
 public:
  unsigned workers() const noexcept override { return 0; }
  std::size_t output_capacity() const noexcept override { return 0; }
  std::size_t boundary_size() const noexcept override { return 0; }
  void compress(unsigned /*worker*/, Chunk& /*chunk*/) override {}
  void emit(Chunk& chunk, base::Sink& downstream) override { downstream.write(chunk.input()); }
  void end(base::Sink& /*downstream*/) override {}
};

}  // namespace

std::unique_ptr<ChunkCodec> make_plain_codec() {
  return std::make_unique<PlainCodec>();
}

}  // namespace pinnace::compress
