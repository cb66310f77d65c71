#include "origin/predicate.hpp"

#include <gtest/gtest.h>

#include "provenance/provenance.hpp"

namespace pinnace::origin {
namespace {

using nlohmann::json;

provenance::Build made() {
  provenance::Build build;
  build.parameters = {{"definition", "Containerfile"}};
  build.source = {"git+https://git.test/shop.git", std::string(40, 'a'), "web", true};
  build.materials = {{"Containerfile", "", {{"sha256", "11"}}},
                     {"pinnace.lock.json", "", {{"sha256", "22"}}},
                     {"image", "pkg:oci/debian", {{"sha256", "33"}}}};
  build.invocation = {"https://ci.test/", "shop/main", "17", "https://ci.test/17"};
  build.not_recorded = {"what RUN took"};
  return build;
}

TEST(Predicate, WhatABuildSaysIsReadAsItWasSaid) {
  const Build read = build_of(provenance::predicate_of(made()), "here");
  EXPECT_EQ(read.where, "here");
  EXPECT_EQ(read.repository, "git+https://git.test/shop.git");
  EXPECT_EQ(read.revision, std::string(40, 'a'));
  EXPECT_EQ(read.directory, "web");
  EXPECT_EQ(read.dirty, true);
  EXPECT_EQ(read.builder, "https://ci.test/");
  EXPECT_EQ(read.job, "shop/main");
  EXPECT_EQ(read.build, "17");
  EXPECT_EQ(read.url, "https://ci.test/17");
  EXPECT_EQ(read.definition, "Containerfile");
  EXPECT_EQ(read.lock, "pinnace.lock.json");
  EXPECT_EQ(read.complete, false);
  EXPECT_EQ(read.not_recorded, std::vector<std::string>{"what RUN took"});
  ASSERT_EQ(read.inputs.size(), 4U);
  EXPECT_EQ(read.inputs[0].digest, "gitCommit:" + std::string(40, 'a'));
  EXPECT_EQ(read.inputs[3].uri, "pkg:oci/debian");
  EXPECT_EQ(read.inputs[3].digest, "sha256:33");
}

TEST(Predicate, WhatIsNotSaidIsNotGuessed) {
  provenance::Build build;
  const Build read = build_of(provenance::predicate_of(build), "here");
  EXPECT_EQ(read.builder, std::nullopt);
  EXPECT_EQ(read.revision, std::nullopt);
  EXPECT_EQ(read.dirty, std::nullopt);
  EXPECT_EQ(read.lock, std::nullopt);
  EXPECT_EQ(read.complete, true);
}

TEST(Predicate, OthersNameTheCommitAmongTheInputs) {
  const json predicate = {
      {"buildDefinition",
       {{"buildType", "https://other.test/"},
        {"resolvedDependencies",
         {{{"uri", "pkg:docker/alpine"}, {"digest", {{"sha256", "11"}}}},
          {{"uri", "git+https://other.test/x"}, {"digest", {{"gitCommit", "ab"}}}}}}}},
      {"runDetails", {{"builder", {{"id", "https://other.test/b"}}}}}};
  const Build read = build_of(predicate, "here");
  EXPECT_EQ(read.repository, "git+https://other.test/x");
  EXPECT_EQ(read.revision, "ab");
  EXPECT_EQ(read.builder, "https://other.test/b");
  EXPECT_EQ(read.complete, std::nullopt);
}

TEST(Predicate, WhatIsHostileIsBoundedAndSteersNothing) {
  for (const json& odd :
       {json(), json(3), json::array({1}), json{{"buildDefinition", "x"}, {"runDetails", {1}}},
        json{{"buildDefinition",
              {{"buildType", provenance::k_build_type},
               {"externalParameters", {{"source", {{"revision", 7}, {"dirty", "yes"}}}}},
               {"resolvedDependencies", {1, json(), {{"digest", {{"sha256", 5}}}}}}}},
             {"runDetails", {{"metadata", {{"pinnace_completeness", {{"notRecorded", 1}}}}}}}}}) {
    const Build read = build_of(odd, "here");
    EXPECT_EQ(read.revision, std::nullopt) << odd;
    EXPECT_EQ(read.dirty, std::nullopt) << odd;
  }
  const json evil = {{"buildDefinition",
                      {{"buildType", "\x1b[31m"},
                       {"resolvedDependencies",
                        {{{"name", std::string(1 << 20, '\n')}, {"uri", "\x1b]0;x\x07"}}}}}}};
  const Build read = build_of(evil, "here");
  EXPECT_EQ(read.type, "\\x1b[31m");
  EXPECT_EQ(read.inputs.at(0).uri, "\\x1b]0;x\\x07");
  EXPECT_LE(read.inputs.at(0).name.size(), k_max_text + 200);
}

}  // namespace
}  // namespace pinnace::origin
