#include "spec/id_map.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::spec {
namespace {

IdFacts user() {
  return {1001,
          1002,
          "ci",
          "root:0:1\nci:100000:65536\n",
          "ci:200000:65536\n",
          "0 0 4294967295\n",
          "0 0 4294967295\n",
          true};
}

IdFacts root() {
  return {0, 0, "root", "", "", "         0          0 4294967295\n", "0 0 4294967295\n", true};
}

std::string refusal(const IdFacts& facts) {
  try {
    choose_id_maps(facts);
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::unsupported);
    return error.what();
  }
  return "";
}

TEST(IdMap, AnOrdinaryUserIsRootInsideAndHasItsRangesBehindThat) {
  const IdMaps maps = choose_id_maps(user());
  EXPECT_EQ(maps.users, (std::vector<IdRange>{{0, 1001, 1}, {1, 100000, 65535}}));
  EXPECT_EQ(maps.groups, (std::vector<IdRange>{{0, 1002, 1}, {1, 200000, 65535}}));
  EXPECT_TRUE(maps.by_helpers);
}

TEST(IdMap, SeveralRangesAreJoinedAndLinesMayNameTheNumber) {
  IdFacts facts = user();
  facts.subuid = "1001:300000:1000\nother:1:5\nci:400000:2000\nnonsense\n";
  EXPECT_EQ(choose_id_maps(facts).users,
            (std::vector<IdRange>{{0, 1001, 1}, {1, 300000, 1000}, {1001, 400000, 2000}}));
}

TEST(IdMap, WithoutRangesItSaysHowToGetThem) {
  IdFacts facts = user();
  facts.subuid = facts.subgid = "";
  EXPECT_NE(
      refusal(facts).find("usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ci"),
      std::string::npos);
  facts = user();
  facts.has_helpers = false;
  EXPECT_NE(refusal(facts).find("apt-get install uidmap"), std::string::npos);
}

TEST(IdMap, AUserWithoutANameGetsALineOfFiles) {
  IdFacts facts = user();
  facts.user = facts.subuid = facts.subgid = "";
  EXPECT_NE(refusal(facts).find("as root: echo 1001:100000:65536 | tee -a /etc/subuid /etc/subgid"),
            std::string::npos)
      << refusal(facts);
  facts.subuid = "1001:100000:65536\n";
  EXPECT_NE(refusal(facts).find("as root: echo 1001:165536:65536 | tee -a /etc/subgid"),
            std::string::npos)
      << refusal(facts);
}

TEST(IdMap, WhatItOffersIsNobodyElses) {
  IdFacts facts = user();
  facts.subuid = "dev:100000:65536\n";
  facts.subgid = "dev:165536:65536\nbuild:231072:1\n";
  EXPECT_NE(
      refusal(facts).find("usermod --add-subuids 296608-362143 --add-subgids 296608-362143 ci"),
      std::string::npos)
      << refusal(facts);
  // What it has already is not given again.
  facts.subuid = "ci:100000:65536\n";
  EXPECT_NE(refusal(facts).find("as root: usermod --add-subgids 296608-362143 ci"),
            std::string::npos)
      << refusal(facts);
}

TEST(IdMap, RootIsSomebodyElseInsideByItsRangesOrUnusedIds) {
  const IdMaps unused = choose_id_maps(root());
  EXPECT_EQ(unused.users, (std::vector<IdRange>{{0, 0x70000000, 65536}}));
  EXPECT_FALSE(unused.by_helpers);
  IdFacts facts = root();
  facts.subuid = "root:500000:65536\n";
  facts.subgid = "other:1879048192:10\n";
  EXPECT_EQ(choose_id_maps(facts).users, (std::vector<IdRange>{{0, 500000, 65536}}));
  EXPECT_EQ(choose_id_maps(facts).groups, (std::vector<IdRange>{{0, 0x70000000 + 65536, 65536}}));
}

TEST(IdMap, RootOfASmallNamespaceIsNeverTheHostsRootByItself) {
  IdFacts facts = root();
  facts.uid_map = "0 100000 65536\n";
  EXPECT_NE(refusal(facts).find("--run-as-host-root"), std::string::npos);
}

TEST(IdMap, TextsOfTheKernelAreReadAndWritten) {
  const std::vector<IdRange> ranges = {{0, 1001, 1}, {1, 100000, 65535}};
  EXPECT_EQ(to_text(ranges), "0 1001 1\n1 100000 65535\n");
  EXPECT_EQ(parse_id_map("         0       1001          1\n         1     100000      65535\n"),
            ranges);
}

}  // namespace
}  // namespace pinnace::spec
