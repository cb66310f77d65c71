#include "base/suggest.hpp"

#include <gtest/gtest.h>

namespace pinnace::base {
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

}  // namespace
}  // namespace pinnace::base
