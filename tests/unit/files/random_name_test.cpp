#include "files/random_name.hpp"

#include <gtest/gtest.h>

namespace pinnace::files {
namespace {

TEST(RandomName, IsOfItsAlphabetAndNeverTheSame) {
  const std::string name = random_name();
  EXPECT_EQ(name.size(), 16U);
  EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"), name.npos);
  EXPECT_NE(name, random_name());

  const std::string digits = random_hex(12);
  EXPECT_EQ(digits.size(), 12U);
  EXPECT_EQ(digits.find_first_not_of("0123456789abcdef"), digits.npos);
  EXPECT_NE(digits, random_hex(12));
}

}  // namespace
}  // namespace pinnace::files
