#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "deflate/block.hpp"
#include "deflate/parser.hpp"

namespace pinnace::deflate {

/// The parser of level `balanced`: chains of earlier positions with the same hash of four bytes, a
/// table of last positions by a hash of three bytes, and lazy choice: a match is given up for a
/// better one at the next position.
class LazyParser : public Parser {
 public:
  LazyParser();

  void start(std::span<const std::uint8_t> chunk) override;
  std::size_t parse_block(TokenBuffer& tokens) override;

 private:
  /// A match; length 0 is none.
  struct Match {
    std::size_t m_length = 0;
    std::size_t m_back = 0;  ///< distance less one
  };

  /// What the tables held for the bytes at a position: the lower 16 bits of earlier positions.
  struct Entries {
    std::uint32_t m_bytes;
    std::uint16_t m_entry3;
    std::uint16_t m_entry4;
  };

  static int value_of(const Match& match);
  Entries insert(std::size_t position);
  void insert_until(std::size_t end);
  Match find(std::size_t position, std::size_t least, unsigned depth);
  void find_in_chain(std::size_t position, const Entries& entries, unsigned depth, Match& best,
                     std::size_t best_length) const;
  Match improve(std::size_t& position, Match match);

  std::span<const std::uint8_t> m_chunk;
  std::size_t m_position = 0;
  std::size_t m_search_end = 0;
  std::size_t m_inserted = 0;

  /// By hash: the lower 16 bits of the last position with it. At the start all are 0, as good a
  /// guess as any, since what is found there is compared.
  std::vector<std::uint16_t> m_last3;
  std::vector<std::uint16_t> m_last4;
  /// By position modulo 32768: what m_last4 held before.
  std::vector<std::uint16_t> m_previous;
};

}  // namespace pinnace::deflate
