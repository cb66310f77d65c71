#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pinnace::base {
namespace {

TEST(Utf8, TheFirstCharacter) {
  struct Case {
    std::string text;
    std::uint32_t value;
    std::size_t size;
  };
  const Case cases[] = {
      {"ab", 'a', 1},
      {std::string(1, '\0'), 0, 1},
      {"\xc2\x80", 0x80, 2},
      {"\xdf\xbf!", 0x7ff, 2},
      {"\xe0\xa0\x80", 0x800, 3},
      {"\xef\xbf\xbf", 0xffff, 3},
      {"\xf0\x90\x80\x80", 0x10000, 4},
      {"\xf4\x8f\xbf\xbf", 0x10ffff, 4},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(first_character(c.text).value, c.value) << c.text;
    EXPECT_EQ(first_character(c.text).size, c.size) << c.text;
  }
}

TEST(Utf8, WhatIsIllFormedHasNoSize) {
  for (const std::string text : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
                                 "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff",
                                 "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc3("}) {
    EXPECT_EQ(first_character(text).size, 0U) << text;
  }
}

}  // namespace
}  // namespace pinnace::base
