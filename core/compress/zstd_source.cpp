#include <zstd.h>
#include <zstd_errors.h>

#include <new>

#include "compress/decompressor.hpp"

namespace pinnace::compress {

namespace {

using base::ErrorCode;

/// The largest window that is decoded: 128 MiB, as the zstd tool allows by default.
constexpr int k_max_window_log = 27;

class ZstdSource final : public base::Source {
 public:
  explicit ZstdSource(InputBuffer input) : m_input(std::move(input)), m_stream(ZSTD_createDCtx()) {
    if (!m_stream) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(m_stream.get(), ZSTD_d_windowLogMax, k_max_window_log);
  }

  std::size_t read(std::span<std::byte> buffer) override {
    if (buffer.empty()) return 0;
    ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
    while (!m_ended && out.pos == 0) step(out);
    return out.pos;
  }

 private:
  void step(ZSTD_outBuffer& out) {
    m_ended = m_between_frames && m_input.ends();
    if (m_ended) return;
    const base::Bytes input = m_input.fill();
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    const std::size_t result = ZSTD_decompressStream(m_stream.get(), &out, &in);
    m_input.take(in.pos);
    if (ZSTD_isError(result) != 0) fail(result);
    m_between_frames = result == 0;
    if (input.empty() && out.pos == 0 && !m_between_frames) {
      m_input.fail(ErrorCode::integrity, "zstd stream ends too early,");
    }
  }

  [[noreturn]] void fail(std::size_t result) const {
    const bool window = ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge;
    m_input.fail(window ? ErrorCode::unsupported : ErrorCode::integrity,
                 window ? std::string("zstd window above the limit of 128 MiB")
                        : std::string("damaged zstd data (") + ZSTD_getErrorName(result) + ")");
  }

  struct Free {
    void operator()(ZSTD_DCtx* stream) const noexcept { ZSTD_freeDCtx(stream); }
  };
  InputBuffer m_input;
  std::unique_ptr<ZSTD_DCtx, Free> m_stream;
  bool m_between_frames = false;
  bool m_ended = false;
};

}  // namespace

std::unique_ptr<base::Source> make_zstd_source(InputBuffer input) {
  return std::make_unique<ZstdSource>(std::move(input));
}

}  // namespace pinnace::compress
