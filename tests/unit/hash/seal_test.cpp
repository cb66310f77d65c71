#include "hash/seal.hpp"

#include <gtest/gtest.h>

namespace pinnace::hash {
namespace {

TEST(Seal, WhatWasSealedIsFound) {
  for (const std::string text : {"", "text", "two\nlines\n", R"({"a": 1})"})
    EXPECT_EQ(unsealed("name", sealed("name", text)), text);
}

TEST(Seal, AnyChangedBitIsNoticed) {
  const std::string whole = sealed("name", "some text\n");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      EXPECT_EQ(unsealed("name", damaged), std::nullopt) << i;
    }
    EXPECT_EQ(unsealed("name", whole.substr(0, i)), std::nullopt) << i;
  }
  EXPECT_EQ(unsealed("name", whole + "x"), std::nullopt);
  EXPECT_EQ(unsealed("other", whole), std::nullopt) << "of another file";
  EXPECT_EQ(unsealed("name", ""), std::nullopt);
}

}  // namespace
}  // namespace pinnace::hash
