#include "base/quote.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pinnace::base {
namespace {

TEST(Quote, QuotesSafely) {
  EXPECT_EQ(quote("a\x1b[31m\n"), "\"a\\x1b[31m\\n\"");
  EXPECT_EQ(quote(std::string(79, 'a') + "\xc3\xa4"), "\"" + std::string(79, 'a') + "...\"");
  EXPECT_EQ(quote(std::string(200, 'a')), "\"" + std::string(80, 'a') + "...\"");
}

TEST(Quote, ShowsPathsAndCutsLongOnes) {
  EXPECT_EQ(shown(std::string("a\n\x1b\0\x7f", 5)), "a\\n\\x1b\\x00\\x7f");
  EXPECT_EQ(shown("\xc3\xa4"), "\xc3\xa4");
  EXPECT_EQ(shown(std::string(1000, 'x')), std::string(200, 'x') + "...");
}

}  // namespace
}  // namespace pinnace::base
