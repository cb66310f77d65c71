#include "declared/image_config.hpp"

#include <gtest/gtest.h>

#include "oci/config.hpp"

namespace pinnace::declared {
namespace {

using nlohmann::json;

const oci::Platform k_amd64 = oci::Platform::parse("linux/amd64");

TEST(ApplyConfig, EmptyDropsWhatTheBaseHas) {
  oci::Config config = oci::Config::parse(
      R"({"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":[]},)"
      R"("config":{"Env":["A=1","B=2"],"Labels":{"x":"1","y":"2"},"ExposedPorts":{"80/tcp":{}},"User":"u"}})");
  definition::ImageConfig wanted;
  wanted.env = {{"A", std::nullopt}};
  wanted.labels = {{"x", std::nullopt}};
  wanted.ports = std::vector<std::string>{};
  wanted.user = "";
  apply_config(wanted, config);
  EXPECT_EQ(config.json().at("config"), (json{{"Env", {"B=2"}}, {"Labels", {{"y", "2"}}}}));
}

oci::Config config_with(const json& execution) {
  oci::Config config(k_amd64);
  config.json()["config"] = execution;
  return config;
}

TEST(ApplyConfig, WhatIsNotSaidStaysAsOthersWroteIt) {
  const json written = {{"AttachStdin", false},
                        {"Cmd", nullptr},
                        {"Entrypoint", json::array()},
                        {"Env", {"A=1", "B", "A=2"}},
                        {"ExposedPorts", nullptr},
                        {"Healthcheck", {{"Test", {"NONE"}}}},
                        {"Labels", json::object()},
                        {"OnBuild", nullptr},
                        {"User", ""},
                        {"Volumes", {{"/v", json::object()}}}};
  oci::Config config = config_with(written);
  apply_config({}, config);
  EXPECT_EQ(config.json().at("config"), written);
}

TEST(ApplyConfig, EmptyDropsNullToo) {
  definition::ImageConfig wanted;
  wanted.entrypoint = {"/app"};
  wanted.user = "";
  wanted.volumes = std::vector<std::string>{};
  oci::Config config = config_with({{"Cmd", nullptr}, {"User", ""}, {"Volumes", nullptr}});
  apply_config(wanted, config);
  EXPECT_EQ(config.json().at("config"), (json{{"Entrypoint", {"/app"}}}));
}

TEST(ApplyConfig, AVariableIsSetThatTheBaseHasTwice) {
  definition::ImageConfig wanted;
  wanted.env = {{"A", "3"}, {"C", std::nullopt}};
  oci::Config config = config_with({{"Env", {"A=1", "B=", "A=2", "C"}}});
  apply_config(wanted, config);
  EXPECT_EQ(config.json().at("config").at("Env"), (json{"A=3", "B="}));
}

}  // namespace
}  // namespace pinnace::declared
