#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "deflate/block.hpp"
#include "deflate/parser.hpp"

namespace pinnace::deflate {

/// The parser of level `fast`, made for few mispredicted branches.
///
/// It works on windows of 1 KiB in two passes. The first one, without any branch, looks every
/// position up in a table of 2^15 places, one for each hash of five bytes, and notes the place
/// found and whether five bytes are really equal. The second one jumps from one such position to
/// the next, prefers a longer match one byte later, and measures matches. Windows of which many in
/// a row had no match are skipped at a growing rate. See docs/decisions/0002.
class FastParser : public Parser {
 public:
  FastParser();

  void start(std::span<const std::uint8_t> chunk) override;
  std::size_t parse_block(TokenBuffer& tokens) override;

 private:
  static constexpr std::size_t k_window = 1024;

  void search_window(std::size_t count);
  void parse_window(std::size_t end, TokenBuffer& tokens);
  void note_coverage(std::size_t bytes, std::size_t tokens);

  std::span<const std::uint8_t> m_chunk;
  std::size_t m_position = 0;
  std::size_t m_misses = 0;
  std::size_t m_windows_to_skip = 0;

  /// By hash: the lower 16 bits of the last position with it. At the start all are 0, which is as
  /// good a guess as any, since what is found there is compared.
  std::vector<std::uint16_t> m_table;
  /// By position in the window: 32768 less the distance of the place that the table named.
  std::array<std::uint16_t, k_window + 1> m_places{};
  /// One bit a position, the first one highest: whether five bytes are equal there. One more bit
  /// is set behind the last position.
  std::array<std::uint64_t, k_window / 64 + 2> m_found{};
};

}  // namespace pinnace::deflate
