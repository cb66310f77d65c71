#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace pinnace::deflate {

/// Reads eight bytes as a little-endian number, on any machine, at any alignment.
inline std::uint64_t load_le64(const std::uint8_t* from) {
  std::uint64_t value = 0;
  std::memcpy(&value, from, sizeof value);
  if constexpr (std::endian::native == std::endian::big) {
    value = __builtin_bswap64(value);
  }
  return value;
}

/// As load_le64, four bytes.
inline std::uint32_t load_le32(const std::uint8_t* from) {
  std::uint32_t value = 0;
  std::memcpy(&value, from, sizeof value);
  if constexpr (std::endian::native == std::endian::big) {
    value = __builtin_bswap32(value);
  }
  return value;
}

/// Writes eight bytes as a little-endian number, on any machine, at any alignment.
inline void store_le64(std::uint8_t* to, std::uint64_t value) {
  if constexpr (std::endian::native == std::endian::big) {
    value = __builtin_bswap64(value);
  }
  std::memcpy(to, &value, sizeof value);
}

/// Writes bits in DEFLATE's order (RFC 1951, section 3.1.1: from the lowest bit of each byte up).
///
/// It stores eight bytes at a time: the caller leaves at least eight bytes of room behind the last
/// byte that it needs. Nothing is checked here.
class BitWriter {
 public:
  explicit BitWriter(std::uint8_t* out) : m_out(out) {}

  /// Appends the lowest `count` (0 to 56) bits of `bits`, whose higher bits are zero.
  void put(std::uint64_t bits, unsigned count) {
    m_pending |= bits << m_pending_count;
    m_pending_count += count;
    store_le64(m_out, m_pending);
    m_out += m_pending_count >> 3;
    m_pending >>= m_pending_count & 56;
    m_pending_count &= 7;
  }

  /// Fills up with zero bits to the next byte boundary.
  void align() {
    if (m_pending_count != 0) {
      put(0, 8 - m_pending_count);
    }
  }

  /// Appends whole bytes; the position must be byte aligned.
  void put_bytes(const std::uint8_t* from, std::size_t count) {
    std::memcpy(m_out, from, count);
    m_out += count;
  }

  /// Bits that were put but do not fill a byte yet (0 to 7).
  [[nodiscard]] unsigned pending_bits() const { return m_pending_count; }

  /// Behind the last whole byte.
  [[nodiscard]] std::uint8_t* position() const { return m_out; }

 private:
  std::uint8_t* m_out;
  std::uint64_t m_pending = 0;
  unsigned m_pending_count = 0;
};

}  // namespace pinnace::deflate
