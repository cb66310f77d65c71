#include <isa-l/igzip_lib.h>
#include <libdeflate.h>

#include <algorithm>
#include <limits>

#include "compress/decompressor.hpp"

namespace pinnace::compress {

namespace {

using base::ErrorCode;

constexpr const char* k_too_early = "gzip stream ends too early,";

/// Reads the header of a member (RFC 1952, section 2.3). Ours, because ISA-L's loses its place when
/// a header comes in several pieces.
class HeaderReader {
 public:
  explicit HeaderReader(InputBuffer& input) : m_input(input) {}

  void read() {
    if (byte() != 0x1f || byte() != 0x8b) fail("no gzip header");
    if (byte() != 8) fail("gzip member of an unknown compression method");
    const unsigned flags = byte();
    if ((flags & k_reserved) != 0) fail("gzip header with unknown flags");
    skip(6);  // time, extra flags, system
    if ((flags & k_extra) != 0) skip(number());
    if ((flags & k_name) != 0) skip_text();
    if ((flags & k_comment) != 0) skip_text();
    const unsigned checksum = m_checksum & 0xffff;
    if ((flags & k_header_checksum) != 0 && number() != checksum) {
      fail("gzip header's checksum does not match");
    }
  }

 private:
  static constexpr unsigned k_header_checksum = 0x02;
  static constexpr unsigned k_extra = 0x04;
  static constexpr unsigned k_name = 0x08;
  static constexpr unsigned k_comment = 0x10;
  static constexpr unsigned k_reserved = 0xe0;

  [[noreturn]] void fail(const char* problem) const { m_input.fail(ErrorCode::integrity, problem); }

  unsigned byte() {
    const base::Bytes input = m_input.fill();
    if (input.empty()) fail(k_too_early);
    m_checksum = libdeflate_crc32(m_checksum, input.data(), 1);
    m_input.take(1);
    return std::to_integer<unsigned>(input[0]);
  }
  unsigned number() {
    const unsigned low = byte();
    return low | byte() << 8;
  }
  void skip(unsigned size) {
    while (size-- != 0) byte();
  }
  void skip_text() {
    while (byte() != 0) {
    }
  }

  InputBuffer& m_input;
  std::uint32_t m_checksum = 0;
};

/// Decodes with ISA-L, several times as fast as zlib. (Its compressor's bytes depend on the CPU;
/// what it inflates does not.)
class GzipSource final : public base::Source {
 public:
  explicit GzipSource(InputBuffer input)
      : m_input(std::move(input)), m_state(std::make_unique<inflate_state>()) {}

  std::size_t read(std::span<std::byte> buffer) override {
    if (buffer.empty()) return 0;
    while (m_in_member || start_member()) {
      const std::size_t size = step(buffer);
      m_in_member = m_state->block_state != ISAL_BLOCK_FINISH;
      if (size != 0) return size;
    }
    return 0;
  }

 private:
  /// False at the end of the stream, which has one member at least.
  bool start_member() {
    if (m_begun && m_input.ends()) return false;
    m_begun = true;
    HeaderReader(m_input).read();
    isal_inflate_init(m_state.get());
    m_state->crc_flag = ISAL_GZIP_NO_HDR_VER;
    return true;
  }

  /// One call of the decoder; returns the bytes that it made.
  std::size_t step(std::span<std::byte> buffer) {
    const base::Bytes input = m_input.fill();
    const std::size_t room =
        std::min<std::size_t>(buffer.size(), std::numeric_limits<std::int32_t>::max());
    // ISA-L does not write to its input; its interface lacks the const.
    m_state->next_in =
        const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(input.data()));
    m_state->avail_in = static_cast<std::uint32_t>(input.size());
    m_state->next_out = reinterpret_cast<std::uint8_t*>(buffer.data());
    m_state->avail_out = static_cast<std::uint32_t>(room);
    const int result = isal_inflate(m_state.get());
    m_input.take(input.size() - m_state->avail_in);
    if (result != ISAL_DECOMP_OK) {
      m_input.fail(ErrorCode::integrity, result == ISAL_INCORRECT_CHECKSUM
                                             ? "gzip checksum or size does not match"
                                             : "damaged DEFLATE data");
    }
    const std::size_t made = room - m_state->avail_out;
    if (input.empty() && made == 0 && m_state->block_state != ISAL_BLOCK_FINISH) {
      m_input.fail(ErrorCode::integrity, k_too_early);
    }
    return made;
  }

  InputBuffer m_input;
  std::unique_ptr<inflate_state> m_state;
  bool m_begun = false;
  bool m_in_member = false;
};

}  // namespace

std::unique_ptr<base::Source> make_gzip_source(InputBuffer input) {
  return std::make_unique<GzipSource>(std::move(input));
}

}  // namespace pinnace::compress
