#include "provenance/provenance.hpp"

#include <gtest/gtest.h>

#include "json/json.hpp"

namespace pinnace::provenance {
namespace {

using nlohmann::json;

Build build() {
  Build made;
  made.parameters = {{"definition", "Containerfile"}, {"buildArgs", {{"VERSION", "17"}}}};
  made.encoder = "pinnace-deflate/1:fast";
  made.source = {"git+https://git.test/shop.git", std::string(40, 'a'), "web", true};
  made.materials = {{"definition", "", {{"sha256", std::string(64, 'b')}}},
                    {"base", "pkg:oci/debian@sha256%3Acc", {{"sha256", std::string(64, 'c')}}}};
  return made;
}

TEST(Provenance, SaysWhatItWasMadeOf) {
  const json predicate = predicate_of(build());
  const json& definition = predicate["buildDefinition"];
  EXPECT_EQ(definition["buildType"], k_build_type);
  EXPECT_EQ(definition["externalParameters"]["buildArgs"]["VERSION"], "17");
  EXPECT_EQ(definition["externalParameters"]["source"],
            (json{{"repository", "git+https://git.test/shop.git"},
                  {"revision", std::string(40, 'a')},
                  {"directory", "web"},
                  {"dirty", true}}));
  const json& materials = definition["resolvedDependencies"];
  ASSERT_EQ(materials.size(), 3U);
  EXPECT_EQ(materials[0]["digest"]["gitCommit"], std::string(40, 'a'));
  EXPECT_EQ(materials[2]["uri"], "pkg:oci/debian@sha256%3Acc");
  EXPECT_EQ(predicate["runDetails"]["builder"]["id"], k_unnamed_builder);
  EXPECT_FALSE(predicate["runDetails"]["metadata"].contains("invocationId"));
}

TEST(Provenance, SaysWhichBuildOfWhichJob) {
  Build one = build();
  one.invocation = {"https://jenkins.test/", "shop/main", "17",
                    "https://jenkins.test/job/shop/17/"};
  const json predicate = predicate_of(one);
  EXPECT_EQ(predicate["runDetails"]["builder"]["id"], "https://jenkins.test/");
  EXPECT_EQ(predicate["runDetails"]["metadata"]["invocationId"],
            "https://jenkins.test/job/shop/17/");
  EXPECT_EQ(predicate["buildDefinition"]["internalParameters"],
            (json{{"encoder", "pinnace-deflate/1:fast"}, {"job", "shop/main"}, {"build", "17"}}));
}

TEST(Provenance, SaysWhatItDoesNotKnow) {
  Build one = build();
  const auto completeness = [&] {
    return predicate_of(one)["runDetails"]["metadata"]["pinnace_completeness"];
  };
  EXPECT_EQ(completeness()["resolvedDependencies"], true);
  one.not_recorded = {"RUN took something"};
  EXPECT_EQ(completeness()["resolvedDependencies"], false);
  EXPECT_EQ(completeness()["notRecorded"], json::array({"RUN took something"}));
}

TEST(Statement, IsAboutTheDigest) {
  const auto digest = hash::Digest::of("manifest");
  const json read = pinnace::json::parse(
      statement("pkg:oci/web", digest, k_predicate, predicate_of(build())), "statement");
  EXPECT_EQ(read["_type"], "https://in-toto.io/Statement/v1");
  EXPECT_EQ(read["subject"][0]["digest"]["sha256"], digest.hex());
  EXPECT_EQ(read["predicateType"], "https://slsa.dev/provenance/v1");
}

}  // namespace
}  // namespace pinnace::provenance
