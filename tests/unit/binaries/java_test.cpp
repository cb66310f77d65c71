#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.hpp"
#include "binaries/java_archive.hpp"
#include "binaries/java_identity.hpp"
#include "support/golden.hpp"
#include "support/zip_samples.hpp"

// tests/golden/packages/app.jar was made by jar and zip: a manifest, and a jar with a
// pom.properties twice, stored as Spring Boot has it, and compressed.

namespace pinnace::binaries {
namespace {

using packages::Found;
using packages::Package;
using packages::PackageType;

Found read(const std::string& bytes, std::string_view path, const JavaLimits& limits = {}) {
  return read_java_archive({}, MemoryAccess(bytes), path, limits);
}

Package maven(std::string group, std::string name, std::string version, std::string inside = {}) {
  return {.type = PackageType::maven,
          .group = std::move(group),
          .name = std::move(name),
          .version = std::move(version),
          .inside = std::move(inside)};
}

TEST(JavaArchive, WithArchivesInIt) {
  Package app = maven("org.example.app", "app", "4.5");
  app.licences = {"Apache-2.0"};
  const Found expected{{app, maven("org.example", "inner", "1.2", "BOOT-INF/lib/inner-1.2.jar"),
                        maven("org.example", "inner", "1.2", "BOOT-INF/lib/deflated-3.jar")},
                       {}};
  const std::string jar = test_support::golden("packages/app.jar");
  EXPECT_EQ(read(jar, "opt/app.jar"), expected);
  EXPECT_EQ(read("#!/bin/sh\nexec java -jar $0\n" + jar, "opt/app.jar"), expected);
}

TEST(JavaArchive, InWhateverCase) {
  const std::string inner =
      test_support::make_zip({{"META-INF/maven/x/pom.properties", "artifactId=x\nversion=1"}});
  const Found found =
      read(test_support::make_zip({{"LIB/X.JAR", inner}}), "opt/app-2.Jar.Original");
  EXPECT_EQ(found.packages,
            (std::vector<Package>{maven("", "app", "2"), maven("", "x", "1", "LIB/X.JAR")}));
  EXPECT_EQ(read("Rar!\x1a\x07 and more", "opt/photos.rar"), Found{});
}

TEST(JavaArchive, NestedAHundredDeep) {
  for (const bool deflated : {false, true}) {
    std::string bytes = test_support::make_zip({{"a", ""}});
    for (int i = 0; i < 100; ++i) bytes = test_support::make_zip({{"x-1.jar", bytes, deflated}});
    const Found found = read(bytes, "y-1.jar");
    EXPECT_EQ(found.packages.size(), JavaLimits().depth);
    ASSERT_EQ(found.problems.size(), 1U);
    EXPECT_NE(found.problems[0].find("too deep"), std::string::npos) << found.problems[0];
  }
}

/// An archive whose directory has the one entry so many times, all at the same place.
std::string repeated(const test_support::ZipSample& entry, unsigned times) {
  const std::string one = test_support::make_zip({entry});
  const std::size_t begin = one.rfind("PK\1\2");
  const std::size_t end = one.rfind("PK\5\6");
  std::string bytes = one.substr(0, begin);
  for (unsigned i = 0; i < times; ++i) bytes += one.substr(begin, end - begin);
  std::string size;
  test_support::append_number(size, times * (end - begin), 4);
  return bytes + one.substr(end).replace(12, 4, size);
}

bool has_problem(const Found& found, std::string_view text) {
  return std::any_of(found.problems.begin(), found.problems.end(), [&](const std::string& problem) {
    return problem.find(text) != std::string::npos;
  });
}

TEST(JavaArchive, ManyTimesTheSameBytes) {
  // Each level has the level below a hundred times: 100^11 archives.
  std::string level = test_support::make_zip({{"a", ""}});
  for (int i = 0; i < 11; ++i) level = repeated({"x.jar", level}, 100);
  const Found found = read(level, "bomb.jar", {.bytes = 8 << 20});
  EXPECT_TRUE(has_problem(found, "too much"));
  EXPECT_LT(found.packages.size(), 3000U);
}

TEST(JavaArchive, Bombs) {
  const std::string bomb = repeated({"z.jar", std::string(1 << 20, '\0'), true}, 30);
  const Found found = read(bomb, "bomb-1.jar", {.bytes = 4 << 20});
  ASSERT_EQ(found.packages.size(), 1U);
  EXPECT_EQ(found.packages[0].name, "bomb");
  EXPECT_TRUE(has_problem(found, "too much"));
  EXPECT_FALSE(has_problem(read(bomb, "bomb-1.jar"), "too much"));
}

TEST(JavaArchive, WhatIsNoArchive) {
  EXPECT_EQ(read("text", "a.jar").problems.size(), 1U);
  EXPECT_EQ(read(std::string(1 << 20, '\0'), "a.jar").problems.size(), 1U);
  EXPECT_TRUE(is_java_archive("opt/a.war"));
  EXPECT_FALSE(is_java_archive("opt/a.zip"));
}

TEST(JavaArchive, ChangedAnywhereIsAProblemOrAValue) {
  const std::string whole = test_support::golden("packages/app.jar");
  ASSERT_GT(whole.size(), 1000U);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0xff);
    (void)read(changed, "a.jar");
    (void)read(whole.substr(0, at), "a.jar");
  }
}

TEST(JavaIdentity, OfOneProjectAndOfSeveral) {
  const std::string a = "groupId=g\nartifactId=a\nversion=1\n";
  const std::string b = "#x\r\ngroupId = g\r\nartifactId=b\r\nversion=2\r\n";
  EXPECT_EQ(java_packages("x.jar", "", {a}), (std::vector{maven("g", "a", "1")}));
  EXPECT_EQ(java_packages("lib/a-1.jar", "", {a, b, a}),
            (std::vector{maven("g", "a", "1"), maven("g", "b", "2")}));
  EXPECT_EQ(java_packages("shaded-3.0.jar", "", {a, b}),
            (std::vector{maven("", "shaded", "3.0"), maven("g", "a", "1"), maven("g", "b", "2")}));
}

TEST(JavaIdentity, ByManifestAndName) {
  const auto one = [](std::string_view path, std::string_view manifest) {
    return java_packages(path, manifest, {}).at(0);
  };
  EXPECT_EQ(one("commons-io-2.11.0.jar", "Implementation-Version: 9\n"),
            maven("", "commons-io", "2.11.0"));
  EXPECT_EQ(one("log4j-1.2-api-2.17.jar", ""), maven("", "log4j", "1.2-api-2.17"));
  EXPECT_EQ(one("tool.jar", "Bundle-Version: 1.\r\n 2.3\r\n\r\nName: x\r\n"),
            maven("", "tool", "1.2.3"));
  EXPECT_EQ(
      one("git.hpi",
          "Group-Id: org.jenkins-ci.plugins\nShort-Name: git\nPlugin-Version: 5.2 (private)\n"),
      maven("org.jenkins-ci.plugins", "git", "5.2"));
}

TEST(JavaArchive, IsNotReadAfterAStopRequest) {
  std::stop_source source;
  source.request_stop();
  base::Context context;
  context.stop = source.get_token();
  const MemoryAccess jar(test_support::golden("packages/app.jar"));
  EXPECT_THROW(read_java_archive(context, jar, "app.jar"), base::Error);
}

}  // namespace
}  // namespace pinnace::binaries
