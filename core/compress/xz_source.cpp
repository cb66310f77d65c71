#include <lzma.h>

#include <new>

#include "compress/decompressor.hpp"

namespace pinnace::compress {

namespace {

using base::ErrorCode;

/// A dictionary of 128 MiB, twice that of xz -9, and what the decoder needs beside it.
constexpr std::uint64_t k_max_memory = (std::uint64_t{128} << 20) + (std::uint64_t{1} << 20);

class XzSource final : public base::Source {
 public:
  explicit XzSource(InputBuffer input) : m_input(std::move(input)) {
    constexpr std::uint32_t k_flags = LZMA_CONCATENATED | LZMA_TELL_UNSUPPORTED_CHECK;
    if (lzma_stream_decoder(&m_stream, k_max_memory, k_flags) != LZMA_OK) throw std::bad_alloc();
  }
  ~XzSource() override { lzma_end(&m_stream); }

  std::size_t read(std::span<std::byte> buffer) override {
    m_stream.next_out = reinterpret_cast<std::uint8_t*>(buffer.data());
    m_stream.avail_out = buffer.size();
    while (!m_ended && m_stream.avail_out == buffer.size() && !buffer.empty()) step();
    return buffer.size() - m_stream.avail_out;
  }

 private:
  void step() {
    const base::Bytes input = m_input.fill();
    m_stream.next_in = reinterpret_cast<const std::uint8_t*>(input.data());
    m_stream.avail_in = input.size();
    const lzma_ret result = lzma_code(&m_stream, input.empty() ? LZMA_FINISH : LZMA_RUN);
    m_input.take(input.size() - m_stream.avail_in);
    m_ended = result == LZMA_STREAM_END;
    if (result != LZMA_OK && !m_ended) fail(result);
  }

  [[noreturn]] void fail(lzma_ret result) const {
    switch (result) {
      case LZMA_MEM_ERROR:
        throw std::bad_alloc();
      case LZMA_MEMLIMIT_ERROR:
        m_input.fail(ErrorCode::unsupported, "xz dictionary above the limit of 128 MiB");
      case LZMA_UNSUPPORTED_CHECK:
      case LZMA_OPTIONS_ERROR:
        m_input.fail(ErrorCode::unsupported, "xz stream with a filter or check that is not known");
      case LZMA_BUF_ERROR:
        m_input.fail(ErrorCode::integrity, "xz stream ends too early,");
      default:
        m_input.fail(ErrorCode::integrity, "damaged xz data");
    }
  }

  InputBuffer m_input;
  lzma_stream m_stream = LZMA_STREAM_INIT;
  bool m_ended = false;
};

}  // namespace

std::unique_ptr<base::Source> make_xz_source(InputBuffer input) {
  return std::make_unique<XzSource>(std::move(input));
}

}  // namespace pinnace::compress
