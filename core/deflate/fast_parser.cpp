#include "deflate/fast_parser.hpp"

#include <algorithm>
#include <bit>

#include "deflate/bit_writer.hpp"

namespace pinnace::deflate {
namespace {

constexpr unsigned k_hash_bits = 15;
constexpr std::uint32_t k_max_distance = 32768;

/// Bytes at the end of a chunk that are not searched, as eight bytes are read at a position and at
/// the next one.
constexpr std::size_t k_tail = 12;

/// equal_bytes() counts up to so many.
constexpr std::size_t k_most_equal = 7;

/// So many windows in a row without matches (more than a match can reach back) are searched before
/// windows are skipped, and at most so many are skipped before the next is searched.
constexpr std::size_t k_patience = 40;
constexpr std::size_t k_max_skip = 15;

/// Hash of the five lowest bytes: multiplication by 2^64 divided by the golden ratio.
inline std::size_t hash_of(std::uint64_t bytes) {
  return static_cast<std::size_t>((bytes << 24) * 0x9E3779B97F4A7C15U >> (64 - k_hash_bits));
}

/// Number of equal bytes from the lowest on, at most 7: the bit spares the test for zero.
inline std::size_t equal_bytes(const std::uint8_t* a, const std::uint8_t* b) {
  const std::uint64_t differing = (load_le64(a) ^ load_le64(b)) | std::uint64_t{1} << 63;
  return static_cast<std::size_t>(std::countr_zero(differing)) >> 3;
}

inline const std::uint8_t* place_of(const std::uint8_t* at, std::size_t place) {
  return at + (static_cast<std::ptrdiff_t>(place) - std::ptrdiff_t{k_max_distance});
}

}  // namespace

FastParser::FastParser() : m_table(std::size_t{1} << k_hash_bits) {}

void FastParser::start(std::span<const std::uint8_t> chunk) {
  std::fill(m_table.begin(), m_table.end(), std::uint16_t{0});
  m_chunk = chunk;
  m_position = 0;
  m_misses = 0;
  m_windows_to_skip = 0;
}

std::size_t FastParser::parse_block(TokenBuffer& tokens) {
  // The table names position 0 wherever it knows nothing better; so 0 itself is never looked up.
  if (m_position == 0 && m_chunk.size() > k_tail) {
    tokens.add_literals_exactly(m_chunk.data(), 1);
    m_position = 1;
  }
  while (tokens.size() < k_block_tokens && m_position + k_tail < m_chunk.size()) {
    const std::size_t count = std::min(k_window, m_chunk.size() - m_position - k_tail);
    if (m_windows_to_skip > 0) {
      --m_windows_to_skip;
      tokens.add_literals(m_chunk.data() + m_position, count);
      m_position += count;
      continue;
    }
    const std::size_t begin = m_position;
    const std::size_t tokens_before = tokens.size();
    search_window(count);
    parse_window(begin + count, tokens);
    note_coverage(m_position - begin, tokens.size() - tokens_before);
  }
  if (m_position + k_tail >= m_chunk.size()) {
    tokens.add_literals_exactly(m_chunk.data() + m_position, m_chunk.size() - m_position);
    m_position = m_chunk.size();
  }
  return m_position;
}

/// Decides on skipping. A token stands for two literals, so a window without matches has half as
/// many tokens as bytes.
void FastParser::note_coverage(std::size_t bytes, std::size_t tokens) {
  if (tokens * 1024 <= bytes * 511) {
    m_misses = 0;
    return;
  }
  ++m_misses;
  if (m_misses >= k_patience) {
    m_windows_to_skip = std::min(m_misses - k_patience + 1, k_max_skip);
  }
}

/// Fills m_places and m_found for `count` positions from m_position on.
///
/// Table entries lack the upper bits of the position; taken modulo 32768 they give some distance
/// of 1 to 32768 that stays inside the chunk: entries of a chunk's first 64 KiB are exact and
/// earlier than the position, and behind that every such distance is inside.
void FastParser::search_window(std::size_t count) {
  const std::uint8_t* const data = m_chunk.data() + m_position;
  const auto first = static_cast<std::uint32_t>(m_position);
  std::uint16_t* const table = m_table.data();
  std::uint16_t* const places = m_places.data();
  const auto search = [=](std::size_t i, std::uint64_t found) {
    const std::uint8_t* const at = data + i;
    const std::uint32_t position = first + static_cast<std::uint32_t>(i);
    const std::uint64_t bytes = load_le64(at);
    const std::size_t hash = hash_of(bytes);
    const std::uint32_t place = (table[hash] - position) & (k_max_distance - 1);
    table[hash] = static_cast<std::uint16_t>(position);
    places[i] = static_cast<std::uint16_t>(place);
    const std::uint64_t differing = (load_le64(place_of(at, place)) ^ bytes) << 24;
    return found + found + static_cast<std::uint64_t>(differing < 1);
  };
  std::size_t done = 0;
  for (; done + 64 <= count; done += 64) {
    std::uint64_t found = 0;
    for (std::size_t i = done; i < done + 64; i += 8) {
#pragma GCC unroll 8
      for (std::size_t j = 0; j < 8; ++j) {
        found = search(i + j, found);
      }
    }
    m_found[done / 64] = found;
  }
  std::uint64_t found = 0;
  const std::size_t rest = count - done;
  for (std::size_t i = done; i < count; ++i) {
    found = search(i, found);
  }
  m_found[done / 64] = (found << 1 | 1) << (63 - rest);
  // The parser looks one position further, before it asks whether it may.
  places[count] = k_max_distance - 1;
}

/// Makes tokens of the window from m_position to `end` and of the matches that reach further.
void FastParser::parse_window(std::size_t end, TokenBuffer& tokens) {
  const std::uint8_t* const window = m_chunk.data() + m_position;
  const std::uint8_t* const window_end = m_chunk.data() + end;
  const std::uint8_t* const chunk_end = m_chunk.data() + m_chunk.size();
  const std::uint8_t* at = window;
  TokenBuffer::Cursor out = tokens.cursor();
  while (at < window_end) {
    const auto offset = static_cast<std::size_t>(at - window);
    const std::uint64_t* const words = m_found.data() + offset / 64;
    const std::size_t shift = offset % 64;
    const std::uint64_t found = words[0] << shift | words[1] >> 1 >> (63 - shift);
    const auto run = static_cast<std::size_t>(std::countl_zero(found | 1));
    const std::uint8_t* match = at + run;
    if (found <= 1 || match >= window_end) {
      const std::uint8_t* const stop = std::min(match, window_end);
      out.add_literals(at, static_cast<std::size_t>(stop - at));
      at = stop;
      continue;
    }
    const std::size_t place = m_places[offset + run];
    const std::size_t next_place = m_places[offset + run + 1];
    const std::size_t here_length = equal_bytes(match, place_of(match, place));
    const std::size_t next_length = equal_bytes(match + 1, place_of(match + 1, next_place));
    const bool later = (next_length > here_length) & (match + 1 < window_end);
    match += later ? 1 : 0;
    const std::size_t best = later ? next_place : place;
    std::size_t length = later ? next_length : here_length;
    out.add_literals(at, static_cast<std::size_t>(match - at));
    if (length == k_most_equal) {
      length = match_length(
          match, place_of(match, best), length,
          std::min<std::size_t>(k_max_match, static_cast<std::size_t>(chunk_end - match)));
    }
    out.add_match(length, k_max_distance - 1 - best);
    at = match + length;
  }
  tokens.commit(out);
  m_position = static_cast<std::size_t>(at - m_chunk.data());
}

}  // namespace pinnace::deflate
