#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "deflate/block.hpp"

namespace pinnace::deflate {

/// A block ends when it has so many tokens (a parser may add up to k_token_slack more).
inline constexpr std::size_t k_block_tokens = 16384;
inline constexpr std::size_t k_token_slack = 2048;

/// Turns a chunk into tokens, block by block: the part of an encoder in which levels differ.
class Parser {
 public:
  virtual ~Parser() = default;

  /// Starts a chunk, which must stay as it is until it is parsed. What was parsed before has no
  /// influence on what follows.
  virtual void start(std::span<const std::uint8_t> chunk) = 0;

  /// Appends the tokens of one more block to the empty `tokens`; returns the position in the chunk
  /// behind the block, which is further than before unless the chunk has ended.
  virtual std::size_t parse_block(TokenBuffer& tokens) = 0;
};

/// Length of the match between `at` and the earlier `there`, of which the first `known` bytes are
/// equal; at most `limit` (>= known) bytes, which must be readable at `at`.
std::size_t match_length(const std::uint8_t* at, const std::uint8_t* there, std::size_t known,
                         std::size_t limit);

}  // namespace pinnace::deflate
