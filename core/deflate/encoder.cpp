#include "deflate/encoder.hpp"

#include <stdexcept>

#include "deflate/bit_writer.hpp"
#include "deflate/block.hpp"
#include "deflate/fast_parser.hpp"
#include "deflate/lazy_parser.hpp"

namespace pinnace::deflate {
namespace {

std::unique_ptr<Parser> make_parser(Level level) {
  if (level == Level::fast) {
    return std::make_unique<FastParser>();
  }
  return std::make_unique<LazyParser>();
}

}  // namespace

class Encoder::Impl {
 public:
  explicit Impl(Level level)
      : m_parser(make_parser(level)), m_tokens(k_block_tokens + k_token_slack) {}

  std::size_t encode(std::span<const std::uint8_t> chunk, std::uint8_t* out) {
    BitWriter writer(out);
    m_parser->start(chunk);
    for (std::size_t begin = 0; begin < chunk.size();) {
      m_tokens.clear();
      const std::size_t end = m_parser->parse_block(m_tokens);
      m_block.write(m_tokens, chunk.subspan(begin, end - begin), writer);
      begin = end;
    }
    BlockWriter::write_sync(writer);
    return static_cast<std::size_t>(writer.position() - out);
  }

 private:
  std::unique_ptr<Parser> m_parser;
  TokenBuffer m_tokens;
  BlockWriter m_block;
};

Encoder::Encoder(Level level) : m_impl(std::make_unique<Impl>(level)) {}
Encoder::~Encoder() = default;
Encoder::Encoder(Encoder&&) noexcept = default;
Encoder& Encoder::operator=(Encoder&&) noexcept = default;

std::size_t Encoder::encode(std::span<const std::byte> chunk, std::span<std::byte> out) {
  if (chunk.size() > k_max_chunk) {
    throw std::length_error("deflate: chunk too long");
  }
  if (out.size() < bound(chunk.size())) {
    throw std::length_error("deflate: too little room for the output");
  }
  return m_impl->encode({reinterpret_cast<const std::uint8_t*>(chunk.data()), chunk.size()},
                        reinterpret_cast<std::uint8_t*>(out.data()));
}

}  // namespace pinnace::deflate
