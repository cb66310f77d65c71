#include "deflate/lazy_parser.hpp"

#include <algorithm>
#include <bit>

#include "deflate/bit_writer.hpp"

namespace pinnace::deflate {
namespace {

constexpr unsigned k_hash3_bits = 13;
constexpr unsigned k_hash4_bits = 15;
constexpr std::size_t k_max_distance = 32768;

/// Bytes at the end of a chunk that are not searched, as eight bytes are read at a position and at
/// the next one.
constexpr std::size_t k_tail = 12;

/// Chain links that are followed at a position, and for a better match at the next position.
constexpr unsigned k_depth = 12;
constexpr unsigned k_next_depth = 6;

/// A match of this length is taken without looking further.
constexpr std::size_t k_nice_length = 64;

/// A match of three bytes costs less than three literals at such distances only.
constexpr std::size_t k_max_distance3 = 4096;

/// A match at the next position must be worth so much more (see value_of): the literal before it
/// must be paid for.
constexpr int k_lazy_gain = 5;

/// After every so many bytes without a match, one more position is left out before the next search,
/// up to k_max_step.
constexpr std::size_t k_patience = 256;
constexpr std::size_t k_max_step = 8;

inline std::size_t hash3(std::uint32_t bytes) {
  return (bytes << 8) * 0x9E3779B1U >> (32 - k_hash3_bits);
}

inline std::size_t hash4(std::uint32_t bytes) {
  return bytes * 0x9E3779B1U >> (32 - k_hash4_bits);
}

}  // namespace

LazyParser::LazyParser()
    : m_last3(std::size_t{1} << k_hash3_bits),
      m_last4(std::size_t{1} << k_hash4_bits),
      m_previous(k_max_distance) {}

void LazyParser::start(std::span<const std::uint8_t> chunk) {
  std::fill(m_last3.begin(), m_last3.end(), std::uint16_t{0});
  std::fill(m_last4.begin(), m_last4.end(), std::uint16_t{0});
  std::fill(m_previous.begin(), m_previous.end(), std::uint16_t{0});
  m_chunk = chunk;
  m_position = 0;
  m_inserted = 0;
  m_search_end = chunk.size() > k_tail ? chunk.size() - k_tail : 0;
}

/// Rough worth of a match in quarters of a literal: its length, less what its distance costs.
int LazyParser::value_of(const Match& match) {
  return 4 * static_cast<int>(match.m_length) - static_cast<int>(std::bit_width(match.m_back));
}

LazyParser::Entries LazyParser::insert(std::size_t position) {
  const std::uint32_t bytes = load_le32(m_chunk.data() + position);
  const auto entry = static_cast<std::uint16_t>(position);
  std::uint16_t& last3 = m_last3[hash3(bytes)];
  std::uint16_t& last4 = m_last4[hash4(bytes)];
  const Entries entries{bytes, last3, last4};
  m_previous[position % k_max_distance] = last4;
  last3 = entry;
  last4 = entry;
  return entries;
}

/// Enters all positions before `end` that are not entered yet and may be searched.
void LazyParser::insert_until(std::size_t end) {
  for (const std::size_t stop = std::min(end, m_search_end); m_inserted < stop; ++m_inserted) {
    insert(m_inserted);
  }
}

/// Enters `position` and finds the longest match there of more than `least` bytes, the nearest of
/// equals, among `depth` links.
LazyParser::Match LazyParser::find(std::size_t position, std::size_t least, unsigned depth) {
  insert_until(position);
  const Entries entries = insert(position);
  m_inserted = position + 1;
  Match best;
  if (least < 3) {
    const std::size_t distance = (position - entries.m_entry3) & 0xffffU;
    if (distance - 1 < k_max_distance3) {
      const std::uint32_t there = load_le32(m_chunk.data() + position - distance);
      if (((there ^ entries.m_bytes) & 0xffffffU) == 0) {
        best = {3, distance - 1};
      }
    }
  }
  find_in_chain(position, entries, depth, best, std::max<std::size_t>(least, 3));
  return best;
}

/// Distances along a chain grow; one that does not comes from an entry that has been overwritten.
/// Entries lack the upper bits of the position, but any distance up to 32768 stays inside the
/// chunk: those of a chunk's first 64 KiB are exact, and behind that all are inside.
void LazyParser::find_in_chain(std::size_t position, const Entries& entries, unsigned depth,
                               Match& best, std::size_t best_length) const {
  const std::uint8_t* const at = m_chunk.data() + position;
  const std::size_t limit = std::min<std::size_t>(k_max_match, m_chunk.size() - position);
  if (best_length >= limit) {
    return;
  }
  std::size_t entry = entries.m_entry4;
  std::size_t last_distance = 0;
  for (; depth > 0; --depth) {
    const std::size_t distance = (position - entry) & 0xffffU;
    if (distance <= last_distance || distance > k_max_distance) {
      return;
    }
    last_distance = distance;
    const std::uint8_t* const there = at - distance;
    // Longer than the best so far only if the four bytes that end one behind it are equal too.
    if (load_le32(there + best_length - 3) == load_le32(at + best_length - 3) &&
        load_le32(there) == entries.m_bytes) {
      const std::size_t length = match_length(at, there, 4, limit);
      if (length > best_length) {
        best_length = length;
        best = {length, distance - 1};
        if (length >= k_nice_length || length == limit) {
          return;
        }
      }
    }
    entry = m_previous[entry % k_max_distance];
  }
}

/// Lazy choice: moves on byte by byte as long as a better match starts at the next one.
LazyParser::Match LazyParser::improve(std::size_t& position, Match match) {
  while (match.m_length < k_nice_length && position + 1 < m_search_end) {
    const Match next = find(position + 1, match.m_length - 1, k_next_depth);
    if (next.m_length == 0 || value_of(next) < value_of(match) + k_lazy_gain) {
      break;
    }
    match = next;
    ++position;
  }
  return match;
}

std::size_t LazyParser::parse_block(TokenBuffer& tokens) {
  const std::uint8_t* const chunk = m_chunk.data();
  std::size_t literals = m_position;
  std::size_t position = m_position;
  while (position < m_search_end && tokens.size() + (position - literals) / 2 < k_block_tokens) {
    Match match = find(position, 2, k_depth);
    if (match.m_length == 0) {
      position += std::min(1 + (position - literals) / k_patience, k_max_step);
      // Positions that were left out are not entered either.
      m_inserted = position;
      continue;
    }
    match = improve(position, match);
    tokens.add_literals(chunk + literals, position - literals);
    tokens.add_match(match.m_length, match.m_back);
    position += match.m_length;
    literals = position;
  }
  const std::size_t searched = std::min(position, m_search_end);
  if (literals < searched) {
    tokens.add_literals(chunk + literals, searched - literals);
    literals = searched;
  }
  if (position >= m_search_end) {
    tokens.add_literals_exactly(chunk + literals, m_chunk.size() - literals);
    position = m_chunk.size();
  }
  m_position = position;
  return m_position;
}

}  // namespace pinnace::deflate
