#include "text/suggest.hpp"

#include <gtest/gtest.h>

namespace pinnace::text {
namespace {

TEST(Suggest, TheNearest) {
  const std::vector<std::string_view> known = {"entrypoint", "env", "user", "workdir"};
  EXPECT_EQ(nearest("entrypiont", known), "entrypoint");
  EXPECT_EQ(nearest("usr", known), "user");
  EXPECT_EQ(nearest("worckdir", known), "workdir");
  EXPECT_EQ(nearest("nev", known), "env");
  EXPECT_EQ(nearest("volumes", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest(std::string(100'000, 'e'), known), "");
}

TEST(Suggest, QuotesSafely) {
  EXPECT_EQ(quote("a\x1b[31m\n"), "\"a\\x1b[31m\\n\"");
  EXPECT_EQ(quote(std::string(79, 'a') + "\xc3\xa4"), "\"" + std::string(79, 'a') + "...\"");
  EXPECT_EQ(quote(std::string(200, 'a')), "\"" + std::string(80, 'a') + "...\"");
}

}  // namespace
}  // namespace pinnace::text
