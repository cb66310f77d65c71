#include "base/error.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace pinnace::base {
namespace {

TEST(Error, WhatTellsTheTrailOutermostFirst) {
  Error error(ErrorCode::unavailable, "503");
  error.add_context("PUT https://r.test/v2/");
  error.add_context("copying layer sha256:1f");
  EXPECT_STREQ(error.what(), "copying layer sha256:1f: PUT https://r.test/v2/: 503");
  EXPECT_EQ(error.context(),
            (std::vector<std::string>{"copying layer sha256:1f", "PUT https://r.test/v2/"}));
  EXPECT_EQ(error.message(), "503");
}

TEST(Error, ANulCutsNothing) {
  Error error(ErrorCode::invalid_input, std::string("user \"ro\0ot\"", 12) + " is unknown");
  error.add_context(std::string("a\0b", 3));
  EXPECT_STREQ(error.what(), "a\\x00b: user \"ro\\x00ot\" is unknown");
}

TEST(Error, WithContextLeavesSuccessAlone) {
  EXPECT_EQ(
      with_context([]() -> std::string { throw std::logic_error("not made"); }, [] { return 7; }),
      7);
}

TEST(Error, WithContextAddsToWhatPasses) {
  try {
    with_context([] { return std::string("outer"); }, [] { throw Error(ErrorCode::io, "inner"); });
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "outer: inner");
    EXPECT_EQ(error.code(), ErrorCode::io);
  }
}

TEST(Error, ErrnoBecomesACode) {
  const auto code_of = [](int number) {
    try {
      throw_errno(number, "open /x");
    } catch (const Error& error) {
      return error.code();
    }
  };
  EXPECT_EQ(code_of(ENOENT), ErrorCode::not_found);
  EXPECT_EQ(code_of(EACCES), ErrorCode::io);
}

TEST(Error, EveryCodeHasItsProtocolName) {
  EXPECT_EQ(to_string(ErrorCode::invalid_input), "invalid_input");
  EXPECT_EQ(to_string(ErrorCode::cancelled), "cancelled");
  EXPECT_EQ(to_string(ErrorCode::internal), "internal");
}

}  // namespace
}  // namespace pinnace::base
