#include "hash/gmac.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/error.hpp"

namespace pinnace::hash {
namespace {

std::string hex(const Gmac::Tag& tag) {
  static constexpr std::string_view k_digits = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : tag) {
    text += k_digits[std::to_integer<unsigned>(byte >> 4)];
    text += k_digits[std::to_integer<unsigned>(byte & std::byte{15})];
  }
  return text;
}

// Test case 13 of "The Galois/Counter Mode of Operation" (McGrew, Viega): zero key and nonce,
// nothing to encrypt or authenticate.
TEST(Gmac, KnownTag) {
  const std::vector<std::byte> key(Gmac::k_key_size);
  EXPECT_EQ(hex(Gmac(key).of({})), "530f8afbc74536b9a963b4f1c4cb738b");
}

TEST(Gmac, PartsAreOneContent) {
  const Gmac gmac(Gmac::make_key());
  const auto whole = gmac.of({base::as_bytes("one content")});
  EXPECT_EQ(gmac.of({base::as_bytes("one "), {}, base::as_bytes("content")}), whole);
  EXPECT_NE(gmac.of({base::as_bytes("one Content")}), whole);
  EXPECT_NE(gmac.of({base::as_bytes("one content\0")}), gmac.of({base::as_bytes("one conten")}));
}

TEST(Gmac, KeysDiffer) {
  const Gmac one(Gmac::make_key());
  const Gmac other(Gmac::make_key());
  EXPECT_NE(one.of({base::as_bytes("content")}), other.of({base::as_bytes("content")}));
}

TEST(Gmac, RefusesAShortKey) {
  const std::vector<std::byte> key(16);
  EXPECT_THROW(Gmac{key}, base::Error);
}

}  // namespace
}  // namespace pinnace::hash
