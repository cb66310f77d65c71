#include "deflate/huffman.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace pinnace::deflate {
namespace {

constexpr std::size_t k_max_symbols = 288;

/// A frequency and, in the lowest bits, a symbol fit one number.
constexpr unsigned k_symbol_bits = 9;

/// The order in which RFC 1951, section 3.2.7 writes the lengths of the third code.
constexpr std::array<std::uint8_t, k_precode_symbols> k_precode_order = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

/// Run-length symbols of the third code and the number of bits that follow them.
constexpr unsigned k_repeat_previous = 16;
constexpr unsigned k_repeat_zero_short = 17;
constexpr unsigned k_repeat_zero_long = 18;

constexpr unsigned precode_extra_bits(unsigned symbol) {
  return symbol == k_repeat_previous     ? 2
         : symbol == k_repeat_zero_short ? 3
         : symbol == k_repeat_zero_long  ? 7
                                         : 0;
}

using LengthCounts = std::array<std::uint32_t, k_max_symbols + 1>;

using SortedSymbols = std::array<std::uint32_t, k_max_symbols>;

/// One pass of a radix sort, by the eight bits from `shift` on; equal ones keep their order.
void sort_by_byte(const SortedSymbols& from, std::size_t used, unsigned shift, SortedSymbols& to) {
  std::array<std::uint32_t, 256> ends{};
  for (std::size_t i = 0; i < used; ++i) {
    ++ends[from[i] >> shift & 255U];
  }
  std::uint32_t sum = 0;
  for (std::uint32_t& end : ends) {
    sum += std::exchange(end, sum);
  }
  for (std::size_t i = 0; i < used; ++i) {
    to[ends[from[i] >> shift & 255U]++] = from[i];
  }
}

/// Used symbols by rising frequency, then by number; frequency and symbol packed in one number.
std::size_t sort_symbols(std::span<const std::uint32_t> counts, SortedSymbols& sorted) {
  std::size_t used = 0;
  std::uint32_t all = 0;
  for (std::size_t symbol = 0; symbol < counts.size(); ++symbol) {
    if (counts[symbol] != 0) {
      sorted[used++] = counts[symbol] << k_symbol_bits | static_cast<std::uint32_t>(symbol);
      all |= counts[symbol];
    }
  }
  SortedSymbols other;
  for (unsigned shift = 0; all >> shift != 0; shift += 8) {
    sort_by_byte(sorted, used, shift + k_symbol_bits, other);
    std::swap(sorted, other);
  }
  return used;
}

/// Huffman's algorithm with two queues: leaves in rising order, and inner nodes, which come into
/// being in rising order. Tells how many leaves are at each depth.
void count_depths(const SortedSymbols& sorted, std::size_t used, LengthCounts& depths) {
  std::array<std::uint32_t, k_max_symbols> weight;
  std::array<std::uint16_t, k_max_symbols> inner_parent;
  std::array<std::uint16_t, k_max_symbols> inner_leaves;
  const std::size_t inner_count = used - 1;
  std::size_t leaf = 0;
  std::size_t first_inner = 0;
  for (std::size_t made = 0; made < inner_count; ++made) {
    weight[made] = 0;
    inner_leaves[made] = 0;
    for (int child = 0; child < 2; ++child) {
      const bool take_leaf = leaf < used && (first_inner == made ||
                                             sorted[leaf] >> k_symbol_bits <= weight[first_inner]);
      if (take_leaf) {
        weight[made] += sorted[leaf++] >> k_symbol_bits;
        ++inner_leaves[made];
      } else {
        weight[made] += weight[first_inner];
        inner_parent[first_inner++] = static_cast<std::uint16_t>(made);
      }
    }
  }
  depths.fill(0);
  std::array<std::uint16_t, k_max_symbols> inner_depth;
  inner_depth[inner_count - 1] = 0;
  for (std::size_t node = inner_count; node-- > 0;) {
    if (node + 1 != inner_count) {
      inner_depth[node] = static_cast<std::uint16_t>(inner_depth[inner_parent[node]] + 1);
    }
    depths[inner_depth[node] + 1U] += inner_leaves[node];
  }
}

/// Cuts a complete code to `max_bits`. The leaves that were deeper oversubscribe the code by a
/// whole number of shares of 2^-max_bits; hanging one of them and the deepest shorter leaf under a
/// new node in the place of that leaf gives one share back.
void limit_depths(LengthCounts& depths, unsigned max_bits) {
  std::uint64_t shares = 0;
  for (std::size_t depth = max_bits + 1; depth < depths.size(); ++depth) {
    depths[max_bits] += depths[depth];
    depths[depth] = 0;
  }
  for (unsigned depth = 1; depth <= max_bits; ++depth) {
    shares += static_cast<std::uint64_t>(depths[depth]) << (max_bits - depth);
  }
  for (; shares > std::uint64_t{1} << max_bits; --shares) {
    unsigned depth = max_bits - 1;
    while (depths[depth] == 0) {
      --depth;
    }
    --depths[depth];
    depths[depth + 1] += 2;
    --depths[max_bits];
  }
}

std::uint16_t reverse_bits(unsigned value, unsigned count) {
  unsigned reversed = 0;
  for (unsigned i = 0; i < count; ++i) {
    reversed |= ((value >> i) & 1U) << (count - 1 - i);
  }
  return static_cast<std::uint16_t>(reversed);
}

/// Codes from lengths as in RFC 1951, section 3.2.2.
void assign_canonical_codes(std::size_t symbols, PrefixCode& code) {
  std::array<unsigned, k_max_code_bits + 2> next{};
  for (std::size_t symbol = 0; symbol < symbols; ++symbol) {
    ++next[code.m_bits[symbol] + 1U];
  }
  next[1] = 0;
  for (unsigned bits = 1; bits <= k_max_code_bits; ++bits) {
    next[bits + 1] += next[bits];
    next[bits + 1] <<= 1;
  }
  for (std::size_t symbol = 0; symbol < symbols; ++symbol) {
    const unsigned bits = code.m_bits[symbol];
    if (bits != 0) {
      code.m_code[symbol] = reverse_bits(next[bits]++, bits);
    }
  }
}

}  // namespace

void build_prefix_code(std::span<const std::uint32_t> counts, unsigned max_bits, PrefixCode& code) {
  SortedSymbols sorted;
  LengthCounts depths;
  const std::size_t used = sort_symbols(counts, sorted);
  count_depths(sorted, used, depths);
  limit_depths(depths, max_bits);
  code.m_bits.fill(0);
  std::size_t next = 0;
  for (unsigned bits = max_bits; bits > 0; --bits) {
    for (std::uint32_t left = depths[bits]; left > 0; --left) {
      code.m_bits[sorted[next++] & ((1U << k_symbol_bits) - 1)] = static_cast<std::uint16_t>(bits);
    }
  }
  assign_canonical_codes(counts.size(), code);
}

PrefixCode fixed_litlen_code() {
  PrefixCode code;
  for (std::size_t symbol = 0; symbol < 288; ++symbol) {
    code.m_bits[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
  }
  assign_canonical_codes(288, code);
  return code;
}

PrefixCode fixed_distance_code() {
  PrefixCode code;
  for (std::size_t symbol = 0; symbol < 32; ++symbol) {
    code.m_bits[symbol] = 5;
  }
  assign_canonical_codes(32, code);
  return code;
}

DynamicHeader::DynamicHeader(const PrefixCode& litlen, const PrefixCode& distance) {
  m_litlen_count = k_litlen_symbols;
  while (m_litlen_count > 257 && litlen.m_bits[m_litlen_count - 1] == 0) {
    --m_litlen_count;
  }
  m_distance_count = k_distance_symbols;
  while (m_distance_count > 1 && distance.m_bits[m_distance_count - 1] == 0) {
    --m_distance_count;
  }
  std::array<std::uint16_t, k_litlen_symbols + k_distance_symbols> lengths;
  std::copy_n(litlen.m_bits.begin(), m_litlen_count, lengths.begin());
  std::copy_n(distance.m_bits.begin(), m_distance_count, lengths.begin() + m_litlen_count);
  const unsigned total = m_litlen_count + m_distance_count;
  for (unsigned start = 0, end = 0; start < total; start = end) {
    while (end < total && lengths[end] == lengths[start]) {
      ++end;
    }
    append_run(lengths[start], end - start);
  }
  // A complete code needs two symbols; the count of an unused one is corrected below by its
  // absence from m_items.
  std::array<std::uint32_t, k_precode_symbols> counts = m_counts;
  if (std::count(counts.begin(), counts.end(), 0U) ==
      static_cast<std::ptrdiff_t>(k_precode_symbols - 1)) {
    counts[counts[0] == 0 ? 0 : 1] = 1;
  }
  build_prefix_code(counts, k_max_precode_bits, m_precode);
  m_precode_count = k_precode_symbols;
  while (m_precode_count > 4 && m_precode.m_bits[k_precode_order[m_precode_count - 1]] == 0) {
    --m_precode_count;
  }
  m_cost = 5 + 5 + 4 + 3 * m_precode_count;
  for (unsigned symbol = 0; symbol < k_precode_symbols; ++symbol) {
    m_cost +=
        std::uint64_t{m_counts[symbol]} * (m_precode.m_bits[symbol] + precode_extra_bits(symbol));
  }
}

void DynamicHeader::append(unsigned symbol, unsigned extra) {
  m_items[m_item_count++] = {static_cast<std::uint8_t>(symbol), static_cast<std::uint8_t>(extra)};
  ++m_counts[symbol];
}

void DynamicHeader::append_run(unsigned length, unsigned run) {
  if (length == 0) {
    for (; run >= 11; run -= std::min(run, 138U)) {
      append(k_repeat_zero_long, std::min(run, 138U) - 11);
    }
    if (run >= 3) {
      append(k_repeat_zero_short, run - 3);
      run = 0;
    }
  } else if (run >= 4) {
    append(length, 0);
    for (--run; run >= 3; run -= std::min(run, 6U)) {
      append(k_repeat_previous, std::min(run, 6U) - 3);
    }
  }
  for (; run > 0; --run) {
    append(length, 0);
  }
}

void DynamicHeader::write(BitWriter& out) const {
  out.put(m_litlen_count - 257, 5);
  out.put(m_distance_count - 1, 5);
  out.put(m_precode_count - 4, 4);
  for (unsigned i = 0; i < m_precode_count; ++i) {
    out.put(m_precode.m_bits[k_precode_order[i]], 3);
  }
  for (std::size_t i = 0; i < m_item_count; ++i) {
    const unsigned symbol = m_items[i].m_symbol;
    out.put(m_precode.m_code[symbol], m_precode.m_bits[symbol]);
    out.put(m_items[i].m_extra, precode_extra_bits(symbol));
  }
}

}  // namespace pinnace::deflate
