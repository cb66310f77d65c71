#include "oci/platform.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/error.hpp"

namespace pinnace::oci {
namespace {

TEST(Platform, ParsedAndNormalized) {
  static const std::pair<const char*, const char*> k_cases[] = {
      {"linux/amd64", "linux/amd64"},
      {"Linux/AMD64", "linux/amd64"},
      {"linux/x86_64", "linux/amd64"},
      {"linux/x86-64", "linux/amd64"},
      {"linux/amd64/v1", "linux/amd64"},
      {"linux/amd64/v3", "linux/amd64/v3"},
      {"linux/aarch64", "linux/arm64"},
      {"linux/arm64/v8", "linux/arm64"},
      {"linux/arm64/8", "linux/arm64"},
      {"linux/arm64/v9.0", "linux/arm64/v9"},
      {"linux/arm64/v8.0", "linux/arm64"},
      {"linux/arm64/v8.2", "linux/arm64/v8.2"},
      {"linux/arm", "linux/arm/v7"},
      {"linux/armhf", "linux/arm/v7"},
      {"linux/armel", "linux/arm/v6"},
      {"linux/arm/6", "linux/arm/v6"},
      {"linux/i386", "linux/386"},
      {"linux/riscv64", "linux/riscv64"},
      {"macos/arm64", "darwin/arm64"},
      {"windows(10.0.17763)/amd64", "windows(10.0.17763)/amd64"},
  };
  for (const auto& [text, expected] : k_cases) {
    EXPECT_EQ(Platform::parse(text).str(), expected) << text;
    EXPECT_EQ(Platform::parse(Platform::parse(text).str()), Platform::parse(text)) << text;
  }
}

TEST(Platform, BadOnesAreRefused) {
  for (const char* text :
       {"", "linux", "amd64", "/", "linux/", "/amd64", "linux/arm/", "linux/arm/v7/x", "linux//v7",
        "lin ux/amd64", "linux/am;d64", "linux(/amd64", "linux()/amd64", "linux(1)x/amd64",
        "(1)/amd64", "linux/\xc3\xa4", "linux/arm/v 7"}) {
    try {
      ADD_FAILURE() << text << " was read as " << Platform::parse(text).str();
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::invalid_input) << text;
      EXPECT_NE(error.message().find("expected os/architecture[/variant]"), std::string::npos);
    }
  }
}

TEST(Platform, WhatServesAWish) {
  struct Case {
    Platform wish;
    Platform offered;
    bool serves;
  };
  const Case cases[] = {
      {{"linux", "amd64", "", ""}, {"linux", "amd64", "", ""}, true},
      {{"linux", "amd64", "", ""}, {"linux", "arm64", "", ""}, false},
      {{"linux", "amd64", "", ""}, {"windows", "amd64", "", ""}, false},
      {{"linux", "amd64", "", ""}, {"linux", "amd64", "v1", ""}, true},
      {{"linux", "amd64", "", ""}, {"linux", "amd64", "v2", ""}, false},
      {{"linux", "amd64", "v3", ""}, {"linux", "amd64", "v2", ""}, true},
      {{"linux", "arm64", "", ""}, {"linux", "arm64", "v8", ""}, true},
      {{"linux", "arm64", "v8", ""}, {"linux", "aarch64", "", ""}, true},
      {{"linux", "arm64", "", ""}, {"linux", "arm64", "v9", ""}, false},
      {{"linux", "arm", "v7", ""}, {"linux", "arm", "v6", ""}, true},
      {{"linux", "arm", "v7", ""}, {"linux", "arm", "", ""}, true},
      {{"linux", "arm", "v6", ""}, {"linux", "arm", "v7", ""}, false},
      {{"linux", "arm", "v7", ""}, {"linux", "arm", "odd", ""}, false},
      {{"linux", "ppc64le", "x", ""}, {"linux", "ppc64le", "", ""}, false},
      {{"windows", "amd64", "", ""}, {"windows", "amd64", "", "10.0"}, true},
      {{"windows", "amd64", "", "10.0"}, {"windows", "amd64", "", "10.0"}, true},
      {{"windows", "amd64", "", "10.0"}, {"windows", "amd64", "", ""}, false},
  };
  for (const Case& one : cases) {
    const std::vector<Platform> offered{one.offered};
    EXPECT_EQ(choose_platform(one.wish, offered).has_value(), one.serves)
        << one.wish.str() << " by " << one.offered.str();
  }
}

/// Each wish and what is taken of what is offered, whatever the order; "" is nothing.
TEST(Platform, TheBestThatServesIsTaken) {
  struct Case {
    const char* wish;
    std::vector<Platform> offered;
    const char* expected;
  };
  const auto arm = [](const char* variant) { return Platform{"linux", "arm", variant, ""}; };
  const auto arm64 = [](const char* variant) { return Platform{"linux", "arm64", variant, ""}; };
  const auto amd64 = [](const char* variant) { return Platform{"linux", "amd64", variant, ""}; };
  const auto windows = [](const char* version) {
    return Platform{"windows", "amd64", "", version};
  };
  const Platform i386{"linux", "386", "", ""};
  const Case cases[] = {
      {"linux/arm/v7", {arm("v5"), arm("v6"), arm("v7")}, "linux/arm/v7"},
      {"linux/arm", {arm("v5"), arm("v6"), arm("")}, "linux/arm"},
      {"linux/arm/v7", {arm("v5"), arm("v6"), arm("v8")}, "linux/arm/v6"},
      {"linux/arm/v6", {arm("v7"), arm("v5")}, "linux/arm/v5"},
      {"linux/arm/v5", {arm("v6"), arm("v7")}, ""},
      {"linux/arm64", {arm64("v9"), arm64("v8"), arm("v7")}, "linux/arm64/v8"},
      {"linux/arm64/v9", {arm64("v8.5"), arm64("v8.2"), arm64("v8.6")}, "linux/arm64/v8.5"},
      {"linux/arm64/v9.1", {arm64(""), arm64("v9")}, "linux/arm64/v9"},
      {"linux/arm64", {arm("v7"), arm("v6")}, ""},
      {"linux/amd64", {amd64("v3"), amd64("v2"), amd64("v1")}, "linux/amd64/v1"},
      {"linux/amd64", {amd64("v2"), i386}, ""},
      {"linux/amd64/v3", {amd64(""), amd64("v2"), amd64("v4")}, "linux/amd64/v2"},
      {"linux/amd64/v4", {amd64("v2"), amd64("v3"), amd64("")}, "linux/amd64/v3"},
      {"linux/amd64/v2", {amd64("v3"), amd64("")}, "linux/amd64"},
      {"windows/amd64",
       {windows("10.0.9"), windows("10.0.17763.1")},
       "windows(10.0.17763.1)/amd64"},
      {"windows/amd64", {windows("10.0.17763.1"), windows("")}, "windows/amd64"},
      {"windows(10.0.17763)/amd64",
       {windows("10.0.17763.9"), windows("10.0.17763.10"), windows("10.0.177631.1")},
       "windows(10.0.17763.10)/amd64"},
      {"windows(10.0.17763)/amd64", {windows("10.0.20348.1"), windows("")}, ""},
  };
  for (const Case& one : cases) {
    std::vector<Platform> offered = one.offered;
    std::sort(offered.begin(), offered.end());
    do {
      const auto found = choose_platform(Platform::parse(one.wish), offered);
      EXPECT_EQ(found ? offered[*found].str() : "", one.expected) << one.wish;
    } while (std::next_permutation(offered.begin(), offered.end()));
  }
}

TEST(Platform, OfEqualsTheFirstIsTaken) {
  const std::vector<Platform> offered{{"linux", "arm64", "v8", ""}, {"linux", "aarch64", "", ""}};
  EXPECT_EQ(choose_platform(Platform::parse("linux/arm64"), offered), 0U);
}

TEST(Platform, TheHostIsAPlatform) {
  const Platform host = Platform::host();
  EXPECT_EQ(host.os, "linux");
  EXPECT_EQ(Platform::parse(host.str()), host);
}

}  // namespace
}  // namespace pinnace::oci
