#include "hash/digest.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "hash/hasher.hpp"

namespace pinnace::hash {
namespace {

using base::Error;

// FIPS 180-4 examples.
constexpr std::string_view k_abc =
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view k_empty =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Digest, OfKnownText) {
  EXPECT_EQ(Digest::of("abc").str(), k_abc);
  EXPECT_EQ(Digest::of("").str(), k_empty);
  EXPECT_EQ(Digest::of(base::as_bytes("abc"), Algorithm::sha512).hex().substr(0, 16),
            "ddaf35a193617aba");
}

TEST(Digest, ParsesWhatItPrints) {
  const Digest digest = Digest::parse(k_abc);
  EXPECT_EQ(digest.str(), k_abc);
  EXPECT_EQ(digest.short_hex(), "ba7816bf8f01");
  EXPECT_EQ(digest, Digest::of("abc"));
}

TEST(Digest, RefusesWhatIsNone) {
  const std::string hex(64, 'a');
  for (const std::string& text : std::vector<std::string>{
           "", "sha256", "sha256:", "sha256:" + hex.substr(1), "sha256:" + hex + "a",
           "sha256:" + std::string(64, 'A'), "sha256:" + std::string(64, 'g'), "sha512:" + hex,
           "md5:" + hex, "SHA256:" + hex, " sha256:" + hex, "sha256:" + hex + " ", ":" + hex, hex,
           "sha256:" + hex.substr(2) + "/."}) {
    EXPECT_THROW(Digest::parse(text), Error) << text;
  }
}

std::string read_verified(std::string text, std::uint64_t size, std::string_view digest) {
  VerifyingSource source(std::make_unique<base::StringSource>(std::move(text)),
                         Digest::parse(digest), size, "blob x");
  return base::read_all(source, 1000, "x");
}

TEST(VerifyingSource, PassesTheRightBytes) {
  EXPECT_EQ(read_verified("abc", 3, k_abc), "abc");
  EXPECT_EQ(read_verified("", 0, k_empty), "");
}

TEST(VerifyingSource, RefusesOtherShorterAndLongerBytes) {
  EXPECT_THROW(read_verified("abd", 3, k_abc), Error);
  EXPECT_THROW(read_verified("ab", 3, k_abc), Error);
  EXPECT_THROW(read_verified("abcd", 3, k_abc), Error);
  EXPECT_THROW(read_verified("abc", 4, k_abc), Error);
  EXPECT_THROW(read_verified("x", 0, k_empty), Error);
}

TEST(VerifyingSource, WithholdsTheLastBytesOfACorruptBlob) {
  VerifyingSource source(std::make_unique<base::StringSource>("abd"), Digest::parse(k_abc), 3,
                         "blob x");
  std::array<std::byte, 16> buffer{};
  EXPECT_THROW(source.read(buffer), Error);
}

}  // namespace
}  // namespace pinnace::hash
