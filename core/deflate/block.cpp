#include "deflate/block.hpp"

#include <algorithm>

namespace pinnace::deflate {
namespace {

constexpr unsigned k_stored_block = 0;
constexpr unsigned k_fixed_block = 1U << 1;
constexpr unsigned k_dynamic_block = 2U << 1;
constexpr unsigned k_block_header_bits = 3;
constexpr std::size_t k_max_stored = 65535;
constexpr unsigned k_match_lengths = k_max_match - k_min_match + 1;

/// Length symbol less 257 of each match length less 3.
constexpr std::array<std::uint8_t, k_match_lengths> make_length_symbols() {
  std::array<std::uint8_t, k_match_lengths> symbols{};
  for (unsigned length = k_min_match, symbol = 0; length <= k_max_match; ++length) {
    while (symbol + 1 < k_length_base.size() && k_length_base[symbol + 1] <= length) {
      ++symbol;
    }
    symbols[length - k_min_match] = static_cast<std::uint8_t>(symbol);
  }
  return symbols;
}

constexpr auto k_length_symbols = make_length_symbols();

/// A complete code needs two symbols. (The few bits that a symbol counted in vain adds to the cost
/// do not matter.)
void use_two_symbols(std::span<std::uint32_t> counts) {
  for (std::size_t symbol = 0; symbol < 2; ++symbol) {
    const auto used =
        counts.size() - static_cast<std::size_t>(std::count(counts.begin(), counts.end(), 0U));
    if (used < 2 && counts[symbol] == 0) {
      counts[symbol] = 1;
    }
  }
}

}  // namespace

void TokenBuffer::add_literals_exactly(const std::uint8_t* literals, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    m_tokens[m_size++] = literals[i] | k_token_nothing << k_token_second_shift;
  }
}

BlockWriter::BlockWriter()
    : m_fixed_litlen(fixed_litlen_code()), m_fixed_distance(fixed_distance_code()) {}

void BlockWriter::write(const TokenBuffer& tokens, std::span<const std::uint8_t> bytes,
                        BitWriter& out) {
  count(tokens.tokens());
  build_prefix_code(m_litlen_counts, k_max_code_bits, m_litlen);
  build_prefix_code(m_distance_counts, k_max_code_bits, m_distance);
  const DynamicHeader header(m_litlen, m_distance);
  const std::uint64_t dynamic_cost = header.cost() + cost(m_litlen, m_distance);
  const std::uint64_t fixed_cost = cost(m_fixed_litlen, m_fixed_distance);
  const std::uint64_t pieces = (bytes.size() + k_max_stored - 1) / k_max_stored;
  const unsigned padding = (16 - k_block_header_bits - out.pending_bits()) % 8;
  // The first piece's padding depends on the position; the others start byte aligned.
  const std::uint64_t stored_cost = 8 * bytes.size() + 40 * pieces - 8 + padding;
  if (stored_cost <= std::min(dynamic_cost, fixed_cost)) {
    write_stored(bytes, out);
  } else if (fixed_cost <= dynamic_cost) {
    out.put(k_fixed_block, k_block_header_bits);
    make_tables(m_fixed_litlen, m_fixed_distance);
    write_tokens(tokens.tokens(), m_fixed_litlen, out);
  } else {
    out.put(k_dynamic_block, k_block_header_bits);
    header.write(out);
    make_tables(m_litlen, m_distance);
    write_tokens(tokens.tokens(), m_litlen, out);
  }
}

void BlockWriter::write_sync(BitWriter& out) {
  out.put(k_stored_block, k_block_header_bits);
  out.align();
  out.put(0xffff0000U, 32);
}

void BlockWriter::count(std::span<const Token> tokens) {
  for (auto& counts : m_token_counts) {
    counts.fill(0);
  }
  std::size_t i = 0;
  for (; i + 2 <= tokens.size(); i += 2) {
    ++m_token_counts[0][tokens[i] & k_token_symbol_mask];
    ++m_token_counts[1][tokens[i] >> k_token_second_shift & k_token_symbol_mask];
    ++m_token_counts[2][tokens[i + 1] & k_token_symbol_mask];
    ++m_token_counts[3][tokens[i + 1] >> k_token_second_shift & k_token_symbol_mask];
  }
  if (i < tokens.size()) {
    ++m_token_counts[0][tokens[i] & k_token_symbol_mask];
    ++m_token_counts[1][tokens[i] >> k_token_second_shift & k_token_symbol_mask];
  }
  m_litlen_counts.fill(0);
  for (std::size_t symbol = 0; symbol < 256; ++symbol) {
    for (const auto& counts : m_token_counts) {
      m_litlen_counts[symbol] += counts[symbol];
    }
  }
  m_litlen_counts[k_end_of_block] = 1;
  for (std::size_t i_length = 0; i_length < k_match_lengths; ++i_length) {
    m_litlen_counts[257U + k_length_symbols[i_length]] +=
        m_token_counts[0][k_token_match + i_length] + m_token_counts[2][k_token_match + i_length];
  }
  for (std::size_t symbol = 0; symbol < k_distance_symbols; ++symbol) {
    m_distance_counts[symbol] = m_token_counts[1][256 + symbol] + m_token_counts[3][256 + symbol];
  }
  use_two_symbols(m_litlen_counts);
  use_two_symbols(m_distance_counts);
}

/// Bits of the block's symbols and extra bits, without the header.
std::uint64_t BlockWriter::cost(const PrefixCode& litlen, const PrefixCode& distance) const {
  std::uint64_t bits = k_block_header_bits;
  for (unsigned symbol = 0; symbol < k_litlen_symbols; ++symbol) {
    const unsigned extra = symbol <= k_end_of_block ? 0 : k_length_extra_bits[symbol - 257];
    bits += std::uint64_t{m_litlen_counts[symbol]} * (litlen.m_bits[symbol] + extra);
  }
  for (unsigned symbol = 0; symbol < k_distance_symbols; ++symbol) {
    bits += std::uint64_t{m_distance_counts[symbol]} *
            (distance.m_bits[symbol] + distance_extra_bits(symbol));
  }
  return bits;
}

void BlockWriter::make_tables(const PrefixCode& litlen, const PrefixCode& distance) {
  for (unsigned symbol = 0; symbol < 256; ++symbol) {
    m_first[symbol] = {litlen.m_code[symbol], litlen.m_bits[symbol]};
    const auto bits = static_cast<std::uint8_t>(litlen.m_bits[symbol]);
    m_second[symbol] = {litlen.m_code[symbol], bits, bits};
  }
  for (unsigned i = 0; i < k_match_lengths; ++i) {
    const unsigned index = k_length_symbols[i];
    const unsigned symbol = 257 + index;
    const unsigned bits = litlen.m_bits[symbol];
    const unsigned extra = i + k_min_match - k_length_base[index];
    m_first[k_token_match + i] = {litlen.m_code[symbol] | extra << bits,
                                  bits + k_length_extra_bits[index]};
  }
  for (unsigned symbol = 0; symbol < k_distance_symbols; ++symbol) {
    const auto bits = static_cast<std::uint8_t>(distance.m_bits[symbol]);
    m_second[256 + symbol] = {distance.m_code[symbol], bits,
                              static_cast<std::uint8_t>(bits + distance_extra_bits(symbol))};
  }
  m_second[k_token_nothing] = {0, 0, 0};
}

void BlockWriter::write_tokens(std::span<const Token> tokens, const PrefixCode& litlen,
                               BitWriter& out) const {
  BitWriter bits = out;
  for (const Token token : tokens) {
    const First first = m_first[token & k_token_symbol_mask];
    const Second second = m_second[token >> k_token_second_shift & k_token_symbol_mask];
    const std::uint64_t tail = second.m_code | std::uint64_t{token >> k_token_extra_shift}
                                                   << second.m_code_bits;
    bits.put(first.m_code | tail << first.m_bits, first.m_bits + second.m_bits);
  }
  bits.put(litlen.m_code[k_end_of_block], litlen.m_bits[k_end_of_block]);
  out = bits;
}

void BlockWriter::write_stored(std::span<const std::uint8_t> bytes, BitWriter& out) {
  while (!bytes.empty()) {
    const std::size_t piece = std::min(bytes.size(), k_max_stored);
    out.put(k_stored_block, k_block_header_bits);
    out.align();
    out.put(piece | (~piece & 0xffffU) << 16, 32);
    out.put_bytes(bytes.data(), piece);
    bytes = bytes.subspan(piece);
  }
}

}  // namespace pinnace::deflate
