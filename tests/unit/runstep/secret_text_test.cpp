#include "runstep/secret_text.hpp"

#include <gtest/gtest.h>

namespace pinnace::runstep {
namespace {

TEST(SecretText, IsUtf8WithoutZeros) {
  for (const char* good : {"", "pa55 wörd\n", "\t\"\\\x01\x7f"}) EXPECT_TRUE(can_be_variable(good));
  EXPECT_FALSE(can_be_variable(std::string_view("a\0b", 3)));
  for (const char* bad : {"pw\377\376z", "\xc3", "\xc0\xaf", "\xed\xa0\x80"})
    EXPECT_FALSE(can_be_variable(bad));
}

TEST(SecretText, IsMaskedInErrors) {
  base::Error error(base::ErrorCode::unsupported, "runc: env \"A=one\\ntwo\", one\ntwo, \"B=b\"");
  error.add_context("inner one\ntwo");
  error.add_context("outer");
  const base::Error clean = without_secrets(error, {"one\ntwo", "", "nowhere"});
  EXPECT_STREQ(clean.what(), "outer: inner ****: runc: env \"A=****\", ****, \"B=b\"");
  EXPECT_EQ(clean.code(), base::ErrorCode::unsupported);
}

}  // namespace
}  // namespace pinnace::runstep
