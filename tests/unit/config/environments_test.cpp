#include "config/environments.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "files/file.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::config {
namespace {

using base::Error;
using base::ErrorCode;
using namespace std::chrono_literals;

std::string message_of(const std::function<void()>& action, ErrorCode code) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  return "nothing was thrown";
}

constexpr std::string_view k_sample = R"(# where images go
test:    {repository: registry.test/shop}
staging: {repository: "registry.stage:5000/shop", admits: {from: [test], requires: [sbom, provenance, {signature: team.pub}]}}
prod:    {repository: registry.prod/a/b, admits: {from: [staging, test], soak: 24h}, immutable: true}
local:   {repository: oci:images}
)";

TEST(Environments, Reads) {
  const Environments environments = Environments::parse(k_sample, "e.yaml");
  EXPECT_EQ(environments.names(), (std::vector<std::string>{"local", "prod", "staging", "test"}));
  const Environment& test = environments.get("test");
  EXPECT_EQ(oci::to_string(test.repository), "registry.test/shop");
  EXPECT_FALSE(test.immutable);
  EXPECT_FALSE(test.admits.has_value());
  EXPECT_EQ(test.position.str(), "e.yaml:2:1");

  const Environment& staging = environments.get("staging");
  EXPECT_EQ(oci::to_string(staging.repository), "registry.stage:5000/shop");
  const Admits expected = {{"test"},
                           std::nullopt,
                           {{Requirement::Kind::sbom, ""},
                            {Requirement::Kind::provenance, ""},
                            {Requirement::Kind::signature, "team.pub"}}};
  EXPECT_EQ(staging.admits, expected);

  const Environment& prod = environments.get("prod");
  EXPECT_TRUE(prod.immutable);
  EXPECT_EQ(prod.admits, (Admits{{"staging", "test"}, 24h, {}}));
}

TEST(Environments, TellsADirectoryFromARepository) {
  const Environments environments = Environments::parse(k_sample, "e.yaml");
  EXPECT_EQ(std::get<oci::LayoutName>(environments.get("local").repository).directory, "images");
  // Jenkins calls the second workspace of a job so.
  const auto jenkins = Environments::parse("a: {repository: 'oci:/w/job@2/images'}\n", "e.yaml");
  EXPECT_EQ(oci::to_string(jenkins.get("a").repository), "oci:/w/job@2/images");
}

TEST(Environments, TakesAVersion) {
  EXPECT_EQ(Environments::parse("version: 1\na: {repository: h.x/y}\n", "e").names().size(), 1U);
  EXPECT_EQ(
      message_of([] { Environments::parse("version: 2\n", "e.yaml"); }, ErrorCode::unsupported)
          .substr(0, 12),
      "e.yaml:1:10:");
}

TEST(Environments, AnUnknownNameIsNotFound) {
  const Environments environments = Environments::parse(k_sample, "e.yaml");
  const std::string near = message_of([&] { environments.get("stagign"); }, ErrorCode::not_found);
  for (const char* part : {"e.yaml", "\"stagign\"", "local, prod, staging, test", "\"staging\"?"}) {
    EXPECT_NE(near.find(part), std::string::npos) << part << " is not in " << near;
  }
  const std::string far = message_of([&] { environments.get("qa"); }, ErrorCode::not_found);
  EXPECT_NE(far.find("local, prod, staging, test"), std::string::npos) << far;
}

struct Broken {
  std::string text;
  std::string start;
  std::string part = {};
};

TEST(Environments, RefusesWithLineAndColumn) {
  const std::string good = "t: {repository: h.x/y}\n";
  const std::vector<Broken> cases = {
      {"", "e.yaml:1:1:"},
      {"[a]\n", "e.yaml:1:1:", "expected a map"},
      {"a: x\n", "e.yaml:1:4:", "expected a map"},
      {"a: {}\n", "e.yaml:1:4:", "\"repository\" is missing"},
      {"a:\n  repositroy: h.x/y\n", "e.yaml:2:3:", "did you mean \"repository\"?"},
      {"a:\n  repository: h.x/y:1.0\n", "e.yaml:2:15:", "without tag"},
      {"a:\n  repository: h.x/y@sha256:" + std::string(64, 'a') + "\n", "e.yaml:2:15:", "digest"},
      {"a:\n  repository: shop\n", "e.yaml:2:15:"},
      {"a:\n  repository: shop/web\n", "e.yaml:2:15:"},
      {"a:\n  repository: h.x/UPPER\n", "e.yaml:2:15:"},
      {"a:\n  repository: https://h.x/y\n", "e.yaml:2:15:"},
      {"a:\n  repository: \"\"\n", "e.yaml:2:15:"},
      {"a:\n  repository: \"h.x/y\\nz\"\n", "e.yaml:2:15:"},
      {"a:\n  repository: 'oci:'\n", "e.yaml:2:15:", "oci:DIR"},
      {"a:\n  repository: oci:dir:tag\n", "e.yaml:2:15:", "without tag"},
      {"80:\n  repository: env:80/x\n", "e.yaml:2:15:", "registry/path or oci:DIR"},
      {"a:\n  repository: env:a\n", "e.yaml:2:15:"},
      {"a:\n  repository: oci:5000/shop:1\n", "e.yaml:2:15:", "without tag"},
      {"a:\n  repository: oci-archive:5000/x\n", "e.yaml:2:15:", "registry/path or oci:DIR"},
      {"a:\n  repository: [h.x/y]\n", "e.yaml:2:15:", "expected a text"},
      {"a: {repository: h.x/y, immutable: yes}\n", "e.yaml:1:35:", "true or false"},
      {"a/b: {repository: h.x/y}\n", "e.yaml:1:1:"},
      {"../a: {repository: h.x/y}\n", "e.yaml:1:1:"},
      {"a: {repository: h.x/y}\na: {repository: h.x/y}\n", "e.yaml:2:1:", "twice"},
      {good + "p: {repository: h.x/z, admits: [t]}\n", "e.yaml:2:32:", "expected a map"},
      {good + "p: {repository: h.x/z, admits: {form: [t]}}\n", "e.yaml:2:33:", "\"from\"?"},
      {good + "p: {repository: h.x/z, admits: {from: t}}\n", "e.yaml:2:39:", "expected a list"},
      {good + "p: {repository: h.x/z, admits: {from: [qa]}}\n",
       "e.yaml:2:40:", "unknown environment \"qa\""},
      {good + "p: {repository: h.x/z, admits: {from: [p]}}\n", "e.yaml:2:40:", "itself"},
      {good + "p: {repository: h.x/z, admits: }\n", "e.yaml:2:32:", "expected a map"},
      {good + "p: {repository: h.x/z, admits: {}}\n", "e.yaml:2:32:", "admits out"},
      {good + "p: {repository: h.x/z, admits: {from: []}}\n", "e.yaml:2:39:", "one at least"},
      {good + "p: {repository: h.x/z, admits: {from: }}\n", "e.yaml:2:39:", "expected a list"},
      {good + "p: {repository: h.x/z, admits: {from: [t], requires: []}}\n", "e.yaml:2:54:"},
      {good + "p: {repository: h.x/z, admits: {from: [t], soak: }}\n", "e.yaml:2:50:"},
      {good + "p: {repository: h.x/z, admits: {soak: 1h}}\n", "e.yaml:2:39:", "from"},
      {good + "p: {repository: h.x/z, admits: {from: [t], soak: soon}}\n",
       "e.yaml:2:50:", "duration"},
      {good + "p: {repository: h.x/z, admits: {requires: [tests]}}\n", "e.yaml:2:44:", "sbom"},
      {good + "p: {repository: h.x/z, admits: {requires: [{sig: k}]}}\n",
       "e.yaml:2:45:", "signature"},
      {good + "p: {repository: h.x/z, admits: {requires: [{signature: ''}]}}\n", "e.yaml:2:56:"},
      {"a: {repository: h.x/y\n", "e.yaml:2:1: broken YAML"},
  };
  for (const Broken& broken : cases) {
    const std::string message =
        message_of([&] { Environments::parse(broken.text, "e.yaml"); }, ErrorCode::invalid_input);
    EXPECT_TRUE(message.starts_with(broken.start)) << broken.text << " is: " << message;
    EXPECT_NE(message.find(broken.part), std::string::npos) << broken.text << " is: " << message;
  }
}

TEST(Environments, WhatIsWrongIsNotQuoted) {
  for (const char* text :
       {"s3cr3t\n", "s3cr3t = x\nmore\n", "a: s3cr3t\n", "version: s3cr3t\n", "- s3cr3t\n",
        "[s3cr3t]\nx\n", "a: {repository: h.x/y, immutable: s3cr3t}\n", "'s3cr3t", "%s3cr3t\n",
        "a: *s3cr3t\n", "a: !s3cr3t b\n"}) {
    const std::string message =
        message_of([&] { Environments::parse(text, "e.yaml"); }, ErrorCode::invalid_input);
    EXPECT_EQ(message.find("s3cr3t"), std::string::npos) << message;
  }
}

TEST(Environments, LoadsAFile) {
  const test_support::TemporaryDirectory directory;
  const auto file = directory.path() / "environments.yaml";
  message_of([&] { Environments::load(file); }, ErrorCode::not_found);
  files::write_file_atomically(file, k_sample);
  const Environments environments = Environments::load(file);
  EXPECT_EQ(environments.file(), file.string());
  EXPECT_EQ(environments.names().size(), 4U);
}

TEST(Duration, Reads) {
  EXPECT_EQ(parse_duration("90s"), 90s);
  EXPECT_EQ(parse_duration("30m"), 30min);
  EXPECT_EQ(parse_duration("24h"), 24h);
  EXPECT_EQ(parse_duration("7d"), 168h);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("3650d"), 87600h);
}

TEST(Duration, RefusesTheRest) {
  for (const char* text :
       {"", "h", "24", "24 h", " 24h", "24h ", "-1h", "+1h", "1.5h", "1w", "1H", "1h1h", "30m1h",
        "3651d", "4294967295d", "4294967296s", "99999999999999999999d", "h1", "1hh"}) {
    const std::string message = message_of([&] { parse_duration(text); }, ErrorCode::invalid_input);
    EXPECT_NE(message.find("24h"), std::string::npos) << '"' << text << "\": " << message;
  }
}

}  // namespace
}  // namespace pinnace::config
