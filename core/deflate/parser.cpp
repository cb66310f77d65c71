#include "deflate/parser.hpp"

#include <bit>

namespace pinnace::deflate {

std::size_t match_length(const std::uint8_t* at, const std::uint8_t* there, std::size_t known,
                         std::size_t limit) {
  std::size_t length = known;
  for (; length + 8 <= limit; length += 8) {
    const std::uint64_t differing = load_le64(at + length) ^ load_le64(there + length);
    if (differing != 0) {
      return length + (static_cast<std::size_t>(std::countr_zero(differing)) >> 3);
    }
  }
  while (length < limit && at[length] == there[length]) {
    ++length;
  }
  return length;
}

}  // namespace pinnace::deflate
