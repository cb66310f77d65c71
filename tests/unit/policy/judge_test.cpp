#include "policy/judge.hpp"

#include <gtest/gtest.h>

#include <stop_token>

#include "base/error.hpp"
#include "support/signing_samples.hpp"

namespace pinnace::policy {
namespace {

using packages::PackageType;
using test_support::signing_sample;
using Lines = std::vector<std::string>;

const hash::Digest k_index = hash::Digest::of("index");
const hash::Digest k_amd64 = hash::Digest::of("amd64");
const hash::Digest k_arm64 = hash::Digest::of("arm64");
const std::string k_sbom = "https://spdx.dev/Document";

TrustedKey key(const std::string& name) {
  return {name, signing::PublicKey::parse(signing_sample(name + ".pub"), name)};
}

evidence::Evidence signed_by(const std::string& name, const hash::Digest& subject,
                             const std::string& type = std::string(signing::k_sign_type)) {
  const auto signer = signing::signer_of(
      signing::PrivateKey::parse(base::Secret(signing_sample(name + ".key")), {}, name));
  const std::string statement = signing::statement_of(subject, type, nlohmann::json::object());
  return {evidence::Place::referrer, "referrer of " + name, subject,
          signing::parse_bundle(signing::signed_bundle({}, statement, *signer), "bundle")};
}

Facts one_image() {
  return {k_amd64, {}, {{k_amd64, "", {}}}, {}};
}

Policy needs(std::size_t number) {
  Policy policy;
  policy.signatures = KeyRule{{key("p256"), key("ed25519")}, number};
  return policy;
}

TEST(Judge, CountsKeysAndNotSignatures) {
  Facts facts = one_image();
  EXPECT_EQ(judge({}, needs(1), facts).reasons,
            Lines{k_amd64.str() + " has no signature of 1 of 2 keys: has 0, not of p256, ed25519"});
  facts.evidence.all = {signed_by("p256", k_amd64), signed_by("p256", k_amd64)};
  EXPECT_EQ(judge({}, needs(1), facts).reasons, Lines());
  EXPECT_EQ(judge({}, needs(2), facts).reasons,
            Lines{k_amd64.str() + " has no signature of 2 of 2 keys: has 1, not of ed25519"});
  facts.evidence.all.push_back(signed_by("ed25519", k_amd64));
  EXPECT_EQ(judge({}, needs(2), facts).reasons, Lines());
  EXPECT_EQ(judge({}, needs(2), facts).believed.size(), 3U);
}

TEST(Judge, ASignatureOfAnotherImageOrKeyOrTypeIsNone) {
  Policy policy;
  policy.signatures = KeyRule{{key("p256")}, 1};
  Facts facts = one_image();
  facts.evidence.all = {signed_by("p256", k_arm64), signed_by("ed25519", k_amd64),
                        signed_by("p256", k_amd64, k_sbom)};
  facts.evidence.problems = {"tag x: is no JSON"};
  EXPECT_EQ(judge({}, policy, facts).reasons,
            (Lines{k_amd64.str() + " has no signature of the key p256",
                   "referrer of p256 is signed, but is about another image",
                   "referrer of ed25519 is not signed by p256", "tag x: is no JSON"}));
}

TEST(Judge, AnIndexHasWhatAllItsImagesHave) {
  Policy policy;
  policy.attestations = {{k_sbom, {{key("p256")}, 1}}};
  Facts facts{k_index, {}, {{k_amd64, "linux/amd64", {}}, {k_arm64, "linux/arm64", {}}}, {}};
  EXPECT_EQ(judge({}, policy, facts).reasons.size(), 1U);
  facts.images[0].evidence.all = {signed_by("p256", k_amd64, k_sbom)};
  EXPECT_EQ(
      judge({}, policy, facts).reasons,
      Lines{k_arm64.str() + " (linux/arm64) has no attestation " + k_sbom + " of the key p256"});
  facts.images[1].evidence.all = {signed_by("p256", k_amd64, k_sbom)};  // of the other one
  EXPECT_EQ(judge({}, policy, facts).reasons.size(), 2U);
  facts.images[1].evidence.all = {signed_by("p256", k_arm64, k_sbom)};
  EXPECT_EQ(judge({}, policy, facts).reasons, Lines());
  facts.images.clear();
  EXPECT_EQ(judge({}, policy, facts).reasons.size(), 1U);
  facts.evidence.all = {signed_by("p256", k_index, k_sbom)};
  EXPECT_EQ(judge({}, policy, facts).reasons, Lines());
}

TEST(Judge, SourcesAndBases) {
  Policy policy;
  policy.sources = {{"https://git.test/shop/", false}, {"https://git.test/lib", true}};
  policy.bases = {{"docker.io/library/debian", true},
                  {"registry.test/base/", false},
                  {"docker.io/library/alpine:3.20", true}};
  struct Row {
    const char* source;
    const char* base;
    std::size_t reasons;
  };
  for (const Row& row :
       {Row{"https://git.test/shop/web.git", "debian:12", 0},
        Row{"https://git.test/lib.git", "debian@sha256:", 1},
        Row{"https://git.test/library", "debian", 1},
        Row{"https://git.test/shop/../evil", "registry.test/base/x:1", 1},
        Row{"https://git.test/shop/%2e%2e/evil", "registry.test/base/x:1", 1},
        Row{"https://git.test/shop/..;/evil", "registry.test/base/x:1", 1},
        Row{"https://git.test/shop/\n../evil", "registry.test/base/x:1", 1},
        Row{"https://evil.test/", "debian-evil:12", 2},
        Row{"https://git.test/lib", "alpine:3.20", 0},
        Row{"https://git.test/lib", "alpine:3.201", 1}, Row{"https://git.test/lib", "alpine", 1},
        Row{"https://git.test/lib", "no image!", 1}}) {
    Facts facts = one_image();
    facts.images[0].source = row.source;
    facts.images[0].base_name = row.base;
    EXPECT_EQ(judge({}, policy, facts).reasons.size(), row.reasons)
        << row.source << " " << row.base;
  }
  // Who says nothing is not believed.
  EXPECT_EQ(judge({}, policy, one_image()).reasons.size(), 2U);
}

TEST(Judge, ABaseByDigest) {
  const std::string digest = hash::Digest::of("base").str();
  Policy policy;
  policy.bases = {{"docker.io/library/debian@" + digest, true}};
  Facts facts = one_image();
  facts.images[0].base_name = "debian:12";
  EXPECT_EQ(judge({}, policy, facts).reasons.size(), 1U);
  facts.images[0].base_digest = digest;
  EXPECT_EQ(judge({}, policy, facts).reasons, Lines());
  facts.images[0].base_name = "debian-evil:12";
  EXPECT_EQ(judge({}, policy, facts).reasons.size(), 1U);
}

TEST(Judge, ForbiddenPackages) {
  Policy policy;
  policy.forbidden = {{"a", PackageType::maven, parse_bounds("<2.0")}, {"b", {}, {}}};
  Facts facts = one_image();
  facts.images[0].packages = {{PackageType::maven, "a", "1.9"},
                              {PackageType::maven, "a", "2.0"},
                              {PackageType::npm, "a", "1.0"},
                              {PackageType::npm, "b", "7\x1b[2J"}};
  EXPECT_EQ(judge({}, policy, facts).reasons,
            (Lines{k_amd64.str() + " has the forbidden package a 1.9",
                   k_amd64.str() + " has the forbidden package b 7\\x1b[2J"}));
}

TEST(Judge, KeysOfEqualNamesAreTwo) {
  Policy policy = needs(2);
  for (TrustedKey& one : policy.signatures->keys) one.name = "a.pub";
  Facts facts = one_image();
  facts.evidence.all = {signed_by("p256", k_amd64), signed_by("ed25519", k_amd64)};
  EXPECT_EQ(judge({}, policy, facts).reasons, Lines());
}

TEST(Judge, NothingPassesUnseen) {
  Policy sources;
  sources.sources = {{"https://git.test/", false}};
  Policy bases;
  bases.bases = {{"docker.io/library/debian", true}};
  Policy packages;
  packages.forbidden = {{"a", {}, {}}};
  for (const Policy& policy : {sources, bases, packages}) {
    EXPECT_EQ(judge({}, policy, {k_index, {}, {}, {}}).reasons,
              Lines{k_index.str() + " lists no image"});
    Facts facts{k_index, {}, {{k_amd64, "linux/amd64", {}}}, {"lists what nobody knows"}};
    facts.images[0].source = "https://git.test/shop";
    facts.images[0].base_name = "debian";
    EXPECT_EQ(judge({}, policy, facts).reasons, Lines{"lists what nobody knows"});
  }
  Policy attested;
  attested.attestations = {{k_sbom, {{key("p256")}, 1}}};
  Facts facts{k_index, {}, {{k_amd64, "linux/amd64", {}}}, {"lists what nobody knows"}};
  facts.images[0].evidence.all = {signed_by("p256", k_amd64, k_sbom)};
  EXPECT_EQ(judge({}, attested, facts).reasons.size(), 2U);
}

TEST(Judge, PackagesThatCouldNotBeRead) {
  Policy policy;
  policy.forbidden = {{"a", {}, {}}};
  Facts facts = one_image();
  facts.images[0].unread = {"/opt/a.jar: no archive"};
  EXPECT_EQ(judge({}, policy, facts).reasons,
            Lines{k_amd64.str() + " may have more packages: /opt/a.jar: no archive"});
}

TEST(Judge, NamesOfPackagesAsTheirRegistriesCompareThem) {
  struct Row {
    PackageType type;
    const char* installed;
    const char* forbidden;
    bool is_same;
  };
  for (const Row& row :
       {Row{PackageType::pypi, "PyYAML", "pyyaml", true},
        Row{PackageType::pypi, "zope.interface", "Zope--interface", true},
        Row{PackageType::pypi, "zopeinterface", "zope-interface", false},
        Row{PackageType::cargo, "serde_json", "serde-json", true},
        Row{PackageType::golang, "github.com/Sirupsen/logrus", "github.com/sirupsen/logrus", true},
        Row{PackageType::maven, "log4j-core", "org.apache.logging.log4j:log4j-core", true},
        Row{PackageType::maven, "evil:log4j-core", "org.apache.logging.log4j:log4j-core", false},
        Row{PackageType::deb, "A", "a", false}}) {
    Policy policy;
    policy.forbidden = {{row.forbidden, {}, {}}};
    Facts facts = one_image();
    facts.images[0].packages = {{row.type, row.installed, "1"}};
    EXPECT_EQ(judge({}, policy, facts).reasons.empty(), !row.is_same) << row.installed;
  }
}

TEST(Judge, AVersionThatIsNotKnownMayBeForbidden) {
  for (const char* bounds : {"<2.17", ">=2.0 <2.17", "=3", ">4"}) {
    Policy policy;
    policy.forbidden = {{"a", {}, parse_bounds(bounds)}};
    Facts facts = one_image();
    facts.images[0].packages = {{PackageType::maven, "a", ""}};
    EXPECT_EQ(judge({}, policy, facts).reasons,
              Lines{k_amd64.str() + " has the forbidden package a of an unknown version"});
  }
}

TEST(Judge, WhatOthersHavePutThereIsToldLast) {
  Policy policy = needs(1);
  policy.forbidden = {{"a", {}, {}}};
  Facts facts = one_image();
  facts.evidence.problems = {"tag x: is no JSON"};
  facts.images[0].packages = {{PackageType::npm, "a", "1"}};
  const Lines reasons = judge({}, policy, facts).reasons;
  ASSERT_EQ(reasons.size(), 3U);
  EXPECT_EQ(reasons[1], k_amd64.str() + " has the forbidden package a 1");
  EXPECT_EQ(reasons[2], "tag x: is no JSON");
}

TEST(Judge, EndsWhenItIsCancelled) {
  std::stop_source stop;
  base::Context context;
  context.stop = stop.get_token();
  stop.request_stop();
  Facts facts = one_image();
  facts.evidence.all = {signed_by("p256", k_amd64)};
  EXPECT_THROW((void)judge(context, needs(1), facts), base::Error);
  Policy policy;
  policy.forbidden = {{"a", {}, {}}};
  facts.images[0].packages = {{PackageType::npm, "b", "1"}};
  EXPECT_THROW((void)judge(context, policy, facts), base::Error);
}

}  // namespace
}  // namespace pinnace::policy
