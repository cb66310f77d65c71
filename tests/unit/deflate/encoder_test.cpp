#include "deflate/encoder.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace pinnace::deflate {
namespace {

using Bytes = std::vector<std::byte>;

/// splitmix64: the same numbers everywhere, unlike the distributions of <random>.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : m_state(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (m_state += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }

 private:
  std::uint64_t m_state;
};

Bytes repeated(std::size_t size, unsigned value) {
  return Bytes(size, static_cast<std::byte>(value));
}

Bytes random_bytes(std::size_t size, std::uint64_t seed) {
  Generator generator(seed);
  Bytes bytes(size);
  std::generate(bytes.begin(), bytes.end(),
                [&] { return static_cast<std::byte>(generator.next()); });
  return bytes;
}

/// Words of a small vocabulary, some more frequent than others.
Bytes text(std::size_t size, std::uint64_t seed) {
  Generator generator(seed);
  std::vector<std::string> words(400);
  for (std::string& word : words) {
    for (std::size_t i = 2 + generator.below(9); i > 0; --i) {
      word += static_cast<char>('a' + generator.below(1 + generator.below(26)));
    }
  }
  Bytes bytes;
  while (bytes.size() < size) {
    const std::string& word = words[generator.below(1 + generator.below(words.size()))];
    std::transform(word.begin(), word.end(), std::back_inserter(bytes),
                   [](char c) { return static_cast<std::byte>(c); });
    bytes.push_back(static_cast<std::byte>(generator.below(12) == 0 ? '\n' : ' '));
  }
  bytes.resize(size);
  return bytes;
}

/// Records of a few fields that change little, as in tables of programs.
Bytes records(std::size_t size, std::uint64_t seed) {
  Generator generator(seed);
  std::array<std::uint64_t, 3> fields{};
  Bytes bytes;
  while (bytes.size() < size) {
    fields[0] += generator.below(64);
    fields[1] = generator.below(4) == 0 ? generator.next() : fields[1];
    fields[2] = generator.below(1 << 12);
    for (const std::uint64_t field : fields) {
      for (unsigned shift = 0; shift < 48; shift += 8) {
        bytes.push_back(static_cast<std::byte>(field >> shift));
      }
    }
  }
  bytes.resize(size);
  return bytes;
}

/// Pieces of all kinds and copies of earlier pieces, in lengths from a few bytes to some KiB.
Bytes mixture(std::size_t size, std::uint64_t seed) {
  Generator generator(seed);
  Bytes bytes;
  while (bytes.size() < size) {
    const std::size_t length = 1 + generator.below(std::size_t{1} << (4 + generator.below(10)));
    Bytes piece;
    switch (generator.below(6)) {
      case 0:
        piece = text(length, generator.next());
        break;
      case 1:
        piece = random_bytes(length / 4 + 1, generator.next());
        break;
      case 2:
        piece = repeated(length, static_cast<unsigned>(generator.below(256)));
        break;
      case 3:
        piece = records(length, generator.next());
        break;
      default:
        if (!bytes.empty()) {
          const std::size_t begin = generator.below(bytes.size());
          const std::size_t end = std::min(bytes.size(), begin + length);
          piece.assign(bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                       bytes.begin() + static_cast<std::ptrdiff_t>(end));
        }
    }
    bytes.insert(bytes.end(), piece.begin(), piece.end());
  }
  bytes.resize(size);
  return bytes;
}

/// Random bytes with a copy of `length` bytes at `distance`.
Bytes with_match(std::size_t distance, std::size_t length) {
  Bytes bytes = random_bytes(distance + length + 100, 7 * distance + length);
  for (std::size_t i = 0; i < length; ++i) {
    bytes[50 + distance + i] = bytes[50 + i];
  }
  return bytes;
}

struct Input {
  std::string m_name;
  Bytes m_bytes;
};

std::vector<Input> inputs() {
  constexpr std::size_t k_max = Encoder::k_max_chunk;
  std::vector<Input> all{
      {"empty", {}},
      {"one byte", repeated(1, 'x')},
      {"zeros", repeated(k_max, 0)},
      {"ones", repeated(k_max - 1, 0xff)},
      {"random", random_bytes(k_max, 1)},
      {"random, one less", random_bytes(k_max - 1, 2)},
      {"text", text(k_max, 3)},
      {"records", records(k_max, 4)},
      {"mixture", mixture(k_max, 5)},
      {"mixture, one less", mixture(k_max - 1, 6)},
      {"mixture, more than 64 KiB", mixture(70'001, 7)},
      {"longest match", with_match(1000, 258)},
      {"one more than the longest match", with_match(1000, 259)},
      {"farthest match", with_match(32768, 300)},
      {"match one too far", with_match(32769, 300)},
      {"match almost too far", with_match(32767, 300)},
      {"short far match", with_match(32768, 5)},
  };
  Bytes alternating(100'000);
  for (std::size_t i = 0; i < alternating.size(); ++i) {
    alternating[i] = static_cast<std::byte>(i % 2 == 0 ? 0x55 : 0xaa);
  }
  all.push_back({"alternating", alternating});
  Bytes half = random_bytes(300'000, 8);
  const Bytes tail = text(300'000, 9);
  half.insert(half.end(), tail.begin(), tail.end());
  all.push_back({"random, then text", half});
  Bytes skewed = repeated(200'000, 0);
  Generator generator(10);
  for (std::byte& byte : skewed) {
    // Value v with probability about 2^-v: codes of 15 bits and more.
    byte = static_cast<std::byte>(std::min(40, __builtin_ctzll(generator.next() | 1ULL << 40)));
  }
  all.push_back({"skewed", skewed});
  return all;
}

Bytes encode(Encoder& encoder, std::span<const std::byte> chunk) {
  Bytes out(Encoder::bound(chunk.size()));
  out.resize(encoder.encode(chunk, out));
  return out;
}

/// Inflates raw DEFLATE; `complete` tells whether a final block was seen.
Bytes inflated(std::span<const std::byte> data, std::size_t expected, bool& complete) {
  Bytes back(expected + 1);
  Bytes input(data.begin(), data.end());
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, -15), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(back.data());
  stream.avail_out = static_cast<uInt>(back.size());
  const int result = inflate(&stream, Z_SYNC_FLUSH);
  complete = result == Z_STREAM_END;
  EXPECT_TRUE(result == Z_OK || complete) << result;
  EXPECT_EQ(stream.avail_in, 0U);
  back.resize(stream.total_out);
  inflateEnd(&stream);
  return back;
}

std::string sha256(std::span<const std::byte> bytes) {
  std::array<unsigned char, 32> digest{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string hex;
  for (const unsigned byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15U];
  }
  return hex;
}

class EncoderTest : public testing::TestWithParam<Level> {};

INSTANTIATE_TEST_SUITE_P(Levels, EncoderTest, testing::Values(Level::fast, Level::balanced),
                         [](const testing::TestParamInfo<Level>& level) {
                           return level.param == Level::fast ? "fast" : "balanced";
                         });

TEST_P(EncoderTest, RoundTripsWithinBound) {
  Encoder encoder(GetParam());
  for (const Input& input : inputs()) {
    SCOPED_TRACE(input.m_name);
    const Bytes out = encode(encoder, input.m_bytes);
    bool complete = true;
    EXPECT_TRUE(inflated(out, input.m_bytes.size(), complete) == input.m_bytes);
    EXPECT_FALSE(complete);
    EXPECT_LT(out.size(), Encoder::bound(input.m_bytes.size()));
  }
}

TEST_P(EncoderTest, RoundTripsEverySmallSize) {
  Encoder encoder(GetParam());
  for (std::size_t size = 1; size <= 300; ++size) {
    SCOPED_TRACE(size);
    for (const Bytes& input : {repeated(size, 'a'), random_bytes(size, size), text(size, size),
                               records(size, size), mixture(size, size)}) {
      const Bytes out = encode(encoder, input);
      bool complete = true;
      EXPECT_TRUE(inflated(out, size, complete) == input);
    }
  }
}

TEST_P(EncoderTest, ChunksCanBeJoined) {
  Encoder encoder(GetParam());
  Bytes joined;
  Bytes expected;
  for (const Input& input : inputs()) {
    const Bytes out = encode(encoder, input.m_bytes);
    joined.insert(joined.end(), out.begin(), out.end());
    expected.insert(expected.end(), input.m_bytes.begin(), input.m_bytes.end());
  }
  joined.insert(joined.end(), std::begin(k_end), std::end(k_end));
  bool complete = false;
  EXPECT_TRUE(inflated(joined, expected.size(), complete) == expected);
  EXPECT_TRUE(complete);
}

TEST_P(EncoderTest, EarlierChunksHaveNoInfluence) {
  Encoder reused(GetParam());
  const std::vector<Input> all = inputs();
  for (int round = 0; round < 2; ++round) {
    for (const Input& input : all) {
      SCOPED_TRACE(input.m_name);
      Encoder fresh(GetParam());
      EXPECT_TRUE(encode(reused, input.m_bytes) == encode(fresh, input.m_bytes));
    }
  }
}

TEST_P(EncoderTest, RandomDataIsStored) {
  Encoder encoder(GetParam());
  const Bytes input = random_bytes(Encoder::k_max_chunk, 1);
  EXPECT_LT(encode(encoder, input).size(), input.size() + input.size() / 1000);
}

TEST_P(EncoderTest, MatchesAreFoundUpToTheGreatestDistance) {
  Encoder encoder(GetParam());
  EXPECT_LT(encode(encoder, with_match(32768, 300)).size(), 32768U + 400 - 200);
  EXPECT_GT(encode(encoder, with_match(32769, 300)).size(), 32768U + 400);
}

TEST_P(EncoderTest, RefusesTooLongChunksAndTooLittleRoom) {
  Encoder encoder(GetParam());
  const Bytes chunk(Encoder::k_max_chunk + 1);
  Bytes out(Encoder::bound(chunk.size()));
  EXPECT_THROW(encoder.encode(chunk, out), std::length_error);
  const std::span<const std::byte> shorter = std::span(chunk).first(1000);
  const std::size_t room = Encoder::bound(shorter.size());
  EXPECT_THROW(encoder.encode(shorter, std::span(out).first(room - 1)), std::length_error);
  EXPECT_NO_THROW(encoder.encode(shorter, std::span(out).first(room)));
}

/// One line an input and level. A difference means other bytes for the same input: if that is
/// wanted, raise k_format and run the test once with PINNACE_UPDATE_GOLDEN=1.
TEST(DeflateEncoderGoldenTest, BytesAreTheSameEverywhere) {
  std::ostringstream actual;
  actual << "format " << k_format << '\n';
  for (const Level level : {Level::fast, Level::balanced}) {
    Encoder encoder(level);
    for (const Input& input : inputs()) {
      const Bytes out = encode(encoder, input.m_bytes);
      actual << (level == Level::fast ? "fast" : "balanced") << ", " << input.m_name << ": "
             << out.size() << " bytes, sha256 " << sha256(out) << '\n';
    }
  }
  const std::string path = std::string(PINNACE_GOLDEN_DIR) + "/deflate/encoder.txt";
  if (std::getenv("PINNACE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << actual.str();
  }
  std::ostringstream expected;
  expected << std::ifstream(path).rdbuf();
  EXPECT_EQ(actual.str(), expected.str());
}

}  // namespace
}  // namespace pinnace::deflate
