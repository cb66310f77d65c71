#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "deflate/bit_writer.hpp"

namespace pinnace::deflate {

/// Sizes of the alphabets of RFC 1951, section 3.2.5 to 3.2.7.
inline constexpr std::size_t k_litlen_symbols = 286;
inline constexpr std::size_t k_distance_symbols = 30;
inline constexpr std::size_t k_precode_symbols = 19;
inline constexpr unsigned k_max_code_bits = 15;
inline constexpr unsigned k_max_precode_bits = 7;
inline constexpr unsigned k_end_of_block = 256;

/// Number of bits after the code of length symbol 257 + i (RFC 1951, section 3.2.5).
inline constexpr std::array<std::uint8_t, 29> k_length_extra_bits = {
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};

/// Smallest match length of length symbol 257 + i (RFC 1951, section 3.2.5).
inline constexpr std::array<std::uint16_t, 29> k_length_base = {
    3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
    31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};

/// Number of bits after the code of a distance symbol below 30 (RFC 1951, section 3.2.5).
constexpr unsigned distance_extra_bits(unsigned symbol) {
  return symbol < 4 ? 0 : symbol / 2 - 1;
}

/// A prefix code: per symbol the number of bits (0: not used) and the code, its bits already in
/// the order in which DEFLATE writes them (first bit of the code lowest).
///
/// Both arrays have elements of one size on purpose: with bytes for the lengths, GCC 12 for aarch64
/// (-O1 and up, induction variable optimisation) takes the function that fills in the codes for
/// one without effects and drops the call.
struct PrefixCode {
  std::array<std::uint16_t, 288> m_bits{};
  std::array<std::uint16_t, 288> m_code{};
};

/// Finds the lengths of a prefix code of least cost among the usual ones (Huffman's, then cut to
/// `max_bits` by moving leaves), and its canonical codes.
///
/// `counts` holds at most 288 frequencies of at most 2^22 each, of which at least two are not
/// zero, as a complete code (which strict decoders demand) needs two symbols. Ties are broken by
/// the symbol's number, so the result depends on `counts` and `max_bits` alone.
void build_prefix_code(std::span<const std::uint32_t> counts, unsigned max_bits, PrefixCode& code);

/// The fixed codes of RFC 1951, section 3.2.6.
PrefixCode fixed_litlen_code();
PrefixCode fixed_distance_code();

/// The header of a dynamic block (RFC 1951, section 3.2.7): both codes' lengths, run-length coded
/// and coded by a third prefix code. A value: built once, asked for its cost, perhaps written.
class DynamicHeader {
 public:
  DynamicHeader(const PrefixCode& litlen, const PrefixCode& distance);

  /// Bits that write() writes.
  [[nodiscard]] std::uint64_t cost() const { return m_cost; }

  void write(BitWriter& out) const;

 private:
  struct Item {
    std::uint8_t m_symbol;
    std::uint8_t m_extra;
  };

  void append_run(unsigned length, unsigned run);
  void append(unsigned symbol, unsigned extra);

  std::array<Item, k_litlen_symbols + k_distance_symbols> m_items{};
  std::size_t m_item_count = 0;
  std::array<std::uint32_t, k_precode_symbols> m_counts{};
  PrefixCode m_precode;
  unsigned m_litlen_count = 0;
  unsigned m_distance_count = 0;
  unsigned m_precode_count = 0;
  std::uint64_t m_cost = 0;
};

}  // namespace pinnace::deflate
