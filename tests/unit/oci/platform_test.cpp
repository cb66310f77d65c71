#include "oci/platform.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::oci {
namespace {

TEST(Platform, ParsedAndNormalized) {
  static const std::pair<const char*, const char*> k_cases[] = {
      {"linux/amd64", "linux/amd64"},    {"Linux/AMD64", "linux/amd64"},
      {"linux/x86_64", "linux/amd64"},   {"linux/x86-64", "linux/amd64"},
      {"linux/amd64/v1", "linux/amd64"}, {"linux/amd64/v3", "linux/amd64/v3"},
      {"linux/aarch64", "linux/arm64"},  {"linux/arm64/v8", "linux/arm64"},
      {"linux/arm64/8", "linux/arm64"},  {"linux/arm64/v9", "linux/arm64/v9"},
      {"linux/arm", "linux/arm/v7"},     {"linux/armhf", "linux/arm/v7"},
      {"linux/armel", "linux/arm/v6"},   {"linux/arm/6", "linux/arm/v6"},
      {"linux/i386", "linux/386"},       {"linux/riscv64", "linux/riscv64"},
      {"macos/arm64", "darwin/arm64"},   {"windows(10.0.17763)/amd64", "windows(10.0.17763)/amd64"},
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
    EXPECT_EQ(one.wish.matches(one.offered), one.serves)
        << one.wish.str() << " by " << one.offered.str();
  }
}

TEST(Platform, TheHostIsAPlatform) {
  const Platform host = Platform::host();
  EXPECT_EQ(host.os, "linux");
  EXPECT_EQ(Platform::parse(host.str()), host);
}

}  // namespace
}  // namespace pinnace::oci
