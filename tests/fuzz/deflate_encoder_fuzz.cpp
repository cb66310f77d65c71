// Encodes the input at both levels, inflates the result with zlib and compares.
#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "deflate/encoder.hpp"

namespace {

using pinnace::deflate::Encoder;
using pinnace::deflate::Level;

void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

/// An encoder is kept from input to input, so that traces of earlier chunks would show.
void check(Encoder& encoder, Level level, std::span<const std::byte> chunk) {
  // Of exact size, so that the sanitizer sees reads and writes outside.
  const std::vector<std::byte> input(chunk.begin(), chunk.end());
  std::vector<std::byte> out(Encoder::bound(input.size()));
  const std::size_t size = encoder.encode(input, out);
  Encoder fresh(level);
  std::vector<std::byte> again(out.size());
  require(fresh.encode(input, again) == size);
  require(std::equal(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size), again.begin()));

  std::vector<std::byte> back(input.size() + 1);
  z_stream stream{};
  require(inflateInit2(&stream, -15) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(out.data());
  stream.avail_in = static_cast<uInt>(size);
  stream.next_out = reinterpret_cast<Bytef*>(back.data());
  stream.avail_out = static_cast<uInt>(back.size());
  const int result = inflate(&stream, Z_SYNC_FLUSH);
  require(result == Z_OK && stream.avail_in == 0 && stream.total_out == input.size());
  inflateEnd(&stream);
  require(std::equal(input.begin(), input.end(), back.begin()));
}

/// Fuzzers make short inputs: this repeats the input, so that far matches and several blocks occur.
std::vector<std::byte> stretched(std::span<const std::byte> input) {
  std::vector<std::byte> longer;
  const std::size_t times = input.empty() ? 0 : 1 + std::to_integer<std::size_t>(input[0]) * 4;
  for (std::size_t i = 0; i < times && longer.size() < 100'000; ++i) {
    longer.insert(longer.end(), input.begin(), input.end());
    longer[i * input.size()] ^= static_cast<std::byte>(i);
  }
  return longer;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Encoder fast(Level::fast);
  static Encoder balanced(Level::balanced);
  const std::span input(reinterpret_cast<const std::byte*>(data),
                        std::min(size, Encoder::k_max_chunk));
  const std::vector<std::byte> longer = stretched(input);
  check(fast, Level::fast, input);
  check(balanced, Level::balanced, input);
  check(fast, Level::fast, longer);
  check(balanced, Level::balanced, longer);
  return 0;
}
