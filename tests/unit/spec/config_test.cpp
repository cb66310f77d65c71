#include "spec/config.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace pinnace::spec {
namespace {

using nlohmann::json;

Input input() {
  Input input;
  input.root = "/stage/root";
  input.arguments = {"/bin/sh", "-c", "true"};
  input.environment = {"PATH=/bin"};
  return input;
}

bool has_mount(const json& spec, const std::string& destination, const std::string& type) {
  const json& mounts = spec.at("mounts");
  return std::any_of(mounts.begin(), mounts.end(), [&](const json& mount) {
    return mount.at("destination") == destination && mount.at("type") == type;
  });
}

TEST(Spec, RootHasTheCapabilitiesOfOtherBuildersButForRawPackets) {
  const json capabilities = make_config(input()).at("process").at("capabilities");
  EXPECT_EQ(capabilities.at("effective").size(), 12U);
  for (const json& name : capabilities.at("bounding")) {
    EXPECT_NE(name, "CAP_NET_RAW");
    EXPECT_NE(name, "CAP_MKNOD");
  }
  EXPECT_EQ(capabilities.at("effective"), capabilities.at("bounding"));
  EXPECT_TRUE(capabilities.at("ambient").empty());
  EXPECT_TRUE(capabilities.at("inheritable").empty());
}

TEST(Spec, AnotherUserHasThemOnlyAsABound) {
  Input other = input();
  other.uid = 1000;
  other.gid = 1001;
  other.groups = {7};
  const json process = make_config(other).at("process");
  EXPECT_TRUE(process.at("capabilities").at("effective").empty());
  EXPECT_EQ(process.at("capabilities").at("bounding").size(), 12U);
  EXPECT_EQ(process.at("user"),
            (json{{"uid", 1000}, {"gid", 1001}, {"umask", 18}, {"additionalGids", {7}}}));
}

TEST(Spec, TheNetworkIsTheRuntimesOwn) {
  const json namespaces = make_config(input()).at("linux").at("namespaces");
  for (const json& one : namespaces) EXPECT_NE(one.at("type"), "network");
  EXPECT_EQ(namespaces.size(), 5U);
  EXPECT_TRUE(has_mount(make_config(input()), "/sys", "sysfs"));
  Input host = input();
  host.host_sys = "/stage/files/sys";
  EXPECT_TRUE(has_mount(make_config(host), "/sys", "bind"));
}

TEST(Spec, LimitsAndMountsArePassedOn) {
  Input with = input();
  with.memory_is_limited = true;
  with.mounts = {{"/cache", "bind", "/stage/files/0", {"rbind", "ro"}}};
  const json spec = make_config(with);
  EXPECT_EQ(spec.at("process").at("oomScoreAdj"), 500);
  EXPECT_EQ(spec.at("mounts").back(), json::parse(R"({"destination":"/cache","type":"bind",
      "source":"/stage/files/0","options":["rbind","ro"]})"));
}

TEST(Spec, WhatIsHiddenIsMasked) {
  Input with = input();
  with.hidden = {"/sys/fs/cgroup"};
  const std::size_t usual = make_config(input()).at("linux").at("maskedPaths").size();
  const json masked = make_config(with).at("linux").at("maskedPaths");
  EXPECT_EQ(masked.size(), usual + 1);
  EXPECT_EQ(masked.back(), "/sys/fs/cgroup");
}

}  // namespace
}  // namespace pinnace::spec
