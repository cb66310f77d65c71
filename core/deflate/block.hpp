#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "deflate/bit_writer.hpp"
#include "deflate/huffman.hpp"

namespace pinnace::deflate {

inline constexpr unsigned k_min_match = 3;
inline constexpr unsigned k_max_match = 258;

/// One or two symbols of a block in one number, so that coding needs no branches:
/// - bits 0 to 8: a literal (0 to 255), or 256 + length - 3 of a match;
/// - bits 9 to 17: a second literal, 256 + the distance symbol of the match, or k_token_nothing;
/// - bits 18 and up: the extra bits of the distance.
using Token = std::uint32_t;

inline constexpr unsigned k_token_match = 256;
inline constexpr unsigned k_token_second_shift = 9;
inline constexpr unsigned k_token_extra_shift = 18;
inline constexpr unsigned k_token_symbol_mask = 511;
inline constexpr unsigned k_token_nothing = 256 + 30;

/// The tokens of a block, in a fixed piece of memory.
class TokenBuffer {
 public:
  /// Appends tokens; a value that a compiler can keep in registers.
  class Cursor {
   public:
    explicit Cursor(Token* next) : m_next(next) {}

    /// Appends `count` literals. Up to seven bytes behind the last one are read, and up to four
    /// tokens behind the last one written.
    void add_literals(const std::uint8_t* literals, std::size_t count) {
      for (std::size_t done = 0; done < count; done += 8) {
        const std::uint64_t bytes = load_le64(literals + done);
        m_next[done / 2] = pair(bytes);
        m_next[done / 2 + 1] = pair(bytes >> 16);
        m_next[done / 2 + 2] = pair(bytes >> 32);
        m_next[done / 2 + 3] = pair(bytes >> 48);
      }
      // An odd literal stands alone; with an even number this writes what the next token replaces.
      m_next[count / 2] = (m_next[count / 2] & 255U) | k_token_nothing << k_token_second_shift;
      m_next += (count + 1) / 2;
    }

    /// Appends a match of `length` (3 to 258) bytes at distance `back + 1` (1 to 32768).
    void add_match(std::size_t length, std::size_t back) {
      const auto value = static_cast<Token>(back);
      const auto extra_bits = static_cast<unsigned>(std::bit_width(value >> 1 | 1U)) - 1;
      const Token symbol = 2 * extra_bits + (value >> extra_bits);
      const Token extra = value & ((1U << extra_bits) - 1);
      *m_next++ = (static_cast<Token>(length) - k_min_match + k_token_match) |
                  (symbol + 256) << k_token_second_shift | extra << k_token_extra_shift;
    }

   private:
    friend class TokenBuffer;

    static Token pair(std::uint64_t bytes) {
      const auto low = static_cast<Token>(bytes);
      return (low & 0xffU) | (low & 0xff00U) << 1;
    }

    Token* m_next;
  };

  explicit TokenBuffer(std::size_t capacity) : m_tokens(capacity) {}

  void clear() { m_size = 0; }
  [[nodiscard]] std::size_t size() const { return m_size; }
  [[nodiscard]] std::span<const Token> tokens() const { return {m_tokens.data(), m_size}; }

  [[nodiscard]] Cursor cursor() { return Cursor(m_tokens.data() + m_size); }
  void commit(const Cursor& cursor) {
    m_size = static_cast<std::size_t>(cursor.m_next - m_tokens.data());
  }

  /// As Cursor::add_literals.
  void add_literals(const std::uint8_t* literals, std::size_t count) {
    Cursor end = cursor();
    end.add_literals(literals, count);
    commit(end);
  }

  /// As Cursor::add_match.
  void add_match(std::size_t length, std::size_t back) {
    Cursor end = cursor();
    end.add_match(length, back);
    commit(end);
  }

  /// As add_literals, without reading or writing further.
  void add_literals_exactly(const std::uint8_t* literals, std::size_t count);

 private:
  std::vector<Token> m_tokens;
  std::size_t m_size = 0;
};

/// Writes blocks (RFC 1951, section 3.2.3), each in the cheapest of the three ways.
class BlockWriter {
 public:
  BlockWriter();

  /// Writes one block that is not final. `bytes` is what `tokens` stand for.
  void write(const TokenBuffer& tokens, std::span<const std::uint8_t> bytes, BitWriter& out);

  /// Writes an empty stored block, after which the output is byte aligned.
  static void write_sync(BitWriter& out);

 private:
  /// Code and number of bits of the first half of a token, its length's extra bits included.
  struct First {
    std::uint32_t m_code;
    std::uint32_t m_bits;
  };
  /// Code and number of bits of the second half, and the number with the distance's extra bits.
  struct Second {
    std::uint16_t m_code;
    std::uint8_t m_code_bits;
    std::uint8_t m_bits;
  };

  void count(std::span<const Token> tokens);
  std::uint64_t cost(const PrefixCode& litlen, const PrefixCode& distance) const;
  void make_tables(const PrefixCode& litlen, const PrefixCode& distance);
  void write_tokens(std::span<const Token> tokens, const PrefixCode& litlen, BitWriter& out) const;
  static void write_stored(std::span<const std::uint8_t> bytes, BitWriter& out);

  std::array<std::uint32_t, k_litlen_symbols> m_litlen_counts{};
  std::array<std::uint32_t, k_distance_symbols> m_distance_counts{};
  PrefixCode m_litlen;
  PrefixCode m_distance;
  PrefixCode m_fixed_litlen;
  PrefixCode m_fixed_distance;
  std::array<std::array<std::uint32_t, 512>, 4> m_token_counts{};
  std::array<First, 512> m_first{};
  std::array<Second, 512> m_second{};
};

}  // namespace pinnace::deflate
