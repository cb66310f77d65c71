#include "versions/versions.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace pinnace::versions {
namespace {

using Compare = std::function<std::weak_ordering(std::string_view, std::string_view)>;

std::vector<std::string> equivalents(std::string text) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at != std::string::npos;) {
    at = text.find(" = ");
    all.push_back(text.substr(0, at));
    if (at != std::string::npos) text.erase(0, at + 3);
  }
  return all;
}

/// Each text is older than all behind it; of "a = b" neither is newer.
void expect_order(const Compare& compare, const std::vector<std::string>& sorted) {
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    for (std::size_t j = 0; j < sorted.size(); ++j) {
      for (const std::string& a : equivalents(sorted[i])) {
        for (const std::string& b : equivalents(sorted[j]))
          EXPECT_TRUE(compare(a, b) == (i <=> j)) << "\"" << a << "\" and \"" << b << "\"";
      }
    }
  }
}

// dpkg --compare-versions, and lib/dpkg/t/t-version.c of dpkg.
TEST(Versions, OfDpkg) {
  expect_order(compare_dpkg, {"~~",
                              "~~a",
                              "~",
                              "0 = 0-0 = 00 = 0:0",

                              "1.0~beta1~svn1245",
                              "1.0~beta1",
                              "1.0 = 0:1.0 = 1.0-0 = 1.0-",
                              "1.0-1~bpo1",
                              "1.0-1",
                              "1.0-1+b1",
                              "1.0-1.1",
                              "1.0a-1",
                              "1.0+dfsg-1",
                              "1.2",
                              "1.10",
                              "1.10.0.1-2",
                              "2.36-9+deb12u9",
                              "2.36-9+deb12u10",
                              "18446744073709551616",
                              "18446744073709551617",
                              "1:0.1",
                              "10:0",
                              "100000000000000000000:0"});
}

// tests/rpmvercmp.at of RPM.
TEST(Versions, OfRpm) {
  expect_order(compare_rpm,
               {"1.0~rc1~git123", "1.0~rc1",        "1.0~rc2",  "1.0 = 1_0 = 0:1.0 = 1..0",
                "1.0^",           "1.0^git1~pre",   "1.0^git1", "1.0^git2",
                "1.0.1",          "1.0.1^20160101", "1.0.1.1",  "2.0",
                "2.0.1",          "2.0.1a",         "5.5p1",    "5.5p2",
                "5.5p10",         "5.6p1",          "6.0",      "6.0.rc1",
                "6.5.0",          "10xyz",          "10.1xyz",  "10.0001.0001",
                "10.0039",        "20101121",       "20101122", "1:0-1",
                "1:0-1.fc39",     "1:0-2"});
}

// test/unit/version_test.data of apk-tools.
TEST(Versions, OfApk) {
  expect_order(compare_apk,
               {"0.1.0_alpha", "0.1.0_alpha2", "0.1.0_beta",   "0.1.0_pre2",  "0.1.0_rc1",
                "0.1.0",       "0.1.0_p1",     "0.9.9",        "1.01",        "1.02",
                "1.1",         "1.2.4-r4",     "1.2.10",       "2.34",        "2.34.1",
                "4.09-r1",     "5.0.9",        "6.1_alpha-r1", "6.1",         "6.1-r0",
                "6.1-r1",      "6.1a",         "6.1b_p3-r1",   "6.1b_p10-r1", "6.1.1"});
}

// semver.org, clause 11.
TEST(Versions, OfSemver) {
  expect_order(
      compare_semver,
      {"0.0.0-20190101000000-abcdefabcdef", "0.0.0 = v0.0.0 = 0", "1.0.0-alpha", "1.0.0-alpha.1",
       "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
       "1.0.0 = 1.0.0+build.5 = v1", "1.9.0", "1.10.0", "1.10.0.1", "99999999999999999999.0.0"});
}

// tests/test_version.py of pypa/packaging.
TEST(Versions, OfPypi) {
  expect_order(compare_pypi, {"french toast",
                              "1.0.dev456",
                              "1.0a1 = 1.0-Alpha.1 = v1.0alpha_1",
                              "1.0a2.dev456",
                              "1.0a12.dev456",
                              "1.0a12",
                              "1.0b1.dev456",
                              "1.0b2",
                              "1.0b2.post345.dev456",
                              "1.0b2.post345",
                              "1.0rc1.dev456",
                              "1.0rc1 = 1.0c1 = 1.0pre1 = 1.0.preview-1",
                              "1.0 = 1 = 1.0.0 = 0!1",
                              "1.0+abc.5",
                              "1.0+abc.7",
                              "1.0+5",
                              "1.0.post456.dev34",
                              "1.0.post456 = 1.0-456 = 1.0.r456",
                              "1.1.dev1",
                              "1.9",
                              "1.10",
                              "2024.1",
                              "1!1.0.dev456",
                              "1!1.0"});
}

// test/rubygems/test_gem_version.rb of RubyGems.
TEST(Versions, OfGems) {
  expect_order(compare_gem,
               {"0.beta.1 = 0.0.beta.1", "0 = 0.0", "1.0.0-1", "1.8.2.a", "1.8.2.a9", "1.8.2.a10",
                "1.8.2.b", "1.8.2 = 1.8.2.0", "1.9.3", "1.10.0.pre", "1.10"});
}

// ComparableVersionTest.java of Maven.
TEST(Versions, OfMaven) {
  expect_order(compare_maven, {"1-alpha2snapshot",
                               "1-alpha2",
                               "1-alpha-123",
                               "1-beta-2",
                               "1-beta123",
                               "1-m2",
                               "1-m11",
                               "1-rc = 1-cr",
                               "1-rc2",
                               "1-rc123",
                               "1-SNAPSHOT",
                               "1 = 1.0 = 1-ga = 1.final = 1-0 = 1.RELEASE",
                               "1-sp",
                               "1-sp2",
                               "1-sp123",
                               "1-abc",
                               "1-def",
                               "1-pom-1",
                               "1-1-snapshot",
                               "1-1",
                               "1-2",
                               "1-123",
                               "1.2",
                               "1.10",
                               "20230101"});
}

TEST(Versions, AreComparedAsTheirTypeHasThem) {
  using packages::PackageType;
  EXPECT_TRUE(compare(PackageType::deb, "1.0~rc1", "1.0") < 0);
  EXPECT_TRUE(compare(PackageType::npm, "1.0.0-rc1", "1.0.0") < 0);
  EXPECT_TRUE(compare(PackageType::pypi, "1.0rc1", "1.0") < 0);
  EXPECT_TRUE(compare(PackageType::apk, "1.0_rc1", "1.0") < 0);
  EXPECT_TRUE(compare(PackageType::maven, "1.0-rc1", "1.0") < 0);
  EXPECT_TRUE(compare(PackageType::gem, "1.0.rc1", "1.0") < 0);
  EXPECT_TRUE(compare(PackageType::rpm, "1.0~rc1", "1.0") < 0);
  EXPECT_TRUE(compare(PackageType::golang, "", "(devel)") < 0);
  EXPECT_TRUE(compare(PackageType::deb, "", "") == 0);
}

TEST(Versions, OfStrangersAreOrderedToo) {
  const std::vector<std::string> odd = {"",
                                        ".",
                                        "-",
                                        "..",
                                        "--",
                                        "~",
                                        "^",
                                        "_",
                                        "+",
                                        ":",
                                        "\xff\x01",
                                        "1-",
                                        "-1",
                                        "v",
                                        "1!",
                                        "!",
                                        "a-",
                                        ".1",
                                        std::string(10'000, '1'),
                                        std::string(10'000, '.')};
  for (const auto& order : {compare_dpkg, compare_rpm, compare_apk, compare_semver, compare_pypi,
                            compare_gem, compare_maven}) {
    for (const std::string& a : odd) {
      EXPECT_TRUE(order(a, a) == 0);
      for (const std::string& b : odd) EXPECT_TRUE(order(a, b) == (0 <=> order(b, a)));
    }
  }
}

}  // namespace
}  // namespace pinnace::versions
