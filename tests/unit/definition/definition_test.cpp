#include "definition/definition.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/error.hpp"
#include "files/file.hpp"
#include "support/temporary_directory.hpp"
#include "text/glob.hpp"

namespace pinnace::definition {
namespace {

using Texts = std::vector<std::string>;

Definition parse(const std::string& text) {
  return parse_definition(text, "pinnace.yaml");
}

constexpr const char* k_whole = R"(version: 1
base: debian:bookworm-slim
artifacts:
  - {from: target/shop.jar, to: /opt/shop/shop.jar, mode: "0644", owner: "1000:2000"}
  - from: ./site//static/
    to: /srv/www/
    directory-mode: "0750"
ignore: build/.ignore
config:
  user: "1000"
  workdir: /opt/shop/
  entrypoint: [java, -jar, shop.jar]
  cmd: ["--port", "8080", ""]
  env: {PATH: "/bin", EMPTY: "", GONE: ~}
  ports: [8080, 53/udp]
  labels: {org.example.team: shop, org.example.old: null}
  volumes: [/var/lib/shop/]
  stopsignal: SIGTERM
platforms: [linux/amd64, linux/arm64]
compression: zstd
annotations: {org.opencontainers.image.title: shop}
environments: environments.yaml
)";

TEST(Definition, ReadsEveryKey) {
  const Definition definition = parse(k_whole);
  EXPECT_EQ(definition.file, "pinnace.yaml");
  ASSERT_TRUE(definition.base.has_value());
  EXPECT_EQ(definition.base->text, "debian:bookworm-slim");
  EXPECT_EQ(oci::to_string(definition.base->name), "docker.io/library/debian:bookworm-slim");
  EXPECT_EQ(definition.base->position.str(), "pinnace.yaml:2:7");
  EXPECT_EQ(definition.ignore, "build/.ignore");
  ASSERT_EQ(definition.platforms.size(), 2U);
  EXPECT_EQ(definition.platforms[1].str(), "linux/arm64");
  EXPECT_EQ(definition.compression, "zstd");
  EXPECT_EQ(definition.compression_position.str(), "pinnace.yaml:20:14");
  EXPECT_EQ(definition.annotations.at("org.opencontainers.image.title"), "shop");
  EXPECT_EQ(definition.environments, "environments.yaml");
}

TEST(Definition, ReadsArtifacts) {
  const Definition definition = parse(k_whole);
  ASSERT_EQ(definition.artifacts.size(), 2U);
  const ArtifactRule& jar = definition.artifacts[0];
  EXPECT_EQ(jar.from, "target/shop.jar");
  EXPECT_EQ(jar.to, "/opt/shop/shop.jar");
  EXPECT_FALSE(jar.to_directory);
  EXPECT_EQ(jar.mode, 0644U);
  EXPECT_EQ(jar.directory_mode, std::nullopt);
  EXPECT_EQ(jar.owner, (Owner{1000, 2000}));
  EXPECT_EQ(jar.position.str(), "pinnace.yaml:4:5");
  const ArtifactRule& site = definition.artifacts[1];
  EXPECT_EQ(site.from, "site/static");
  EXPECT_EQ(site.to, "/srv/www");
  EXPECT_TRUE(site.to_directory);
  EXPECT_EQ(site.mode, std::nullopt);
  EXPECT_EQ(site.directory_mode, 0750U);
  EXPECT_EQ(site.owner, std::nullopt);
}

TEST(Definition, ReadsTheConfiguration) {
  const ImageConfig config = parse(k_whole).config;
  ImageConfig expected;
  expected.user = "1000";
  expected.workdir = "/opt/shop";
  expected.stopsignal = "SIGTERM";
  expected.entrypoint = Texts{"java", "-jar", "shop.jar"};
  expected.cmd = Texts{"--port", "8080", ""};
  expected.env = {{"PATH", "/bin"}, {"EMPTY", ""}, {"GONE", std::nullopt}};
  expected.labels = {{"org.example.team", "shop"}, {"org.example.old", std::nullopt}};
  expected.ports = Texts{"8080/tcp", "53/udp"};
  expected.volumes = Texts{"/var/lib/shop"};
  EXPECT_EQ(config, expected);
}

TEST(Definition, TellsEmptyFromAbsent) {
  const ImageConfig none = parse("version: 1\nbase: scratch\n").config;
  EXPECT_EQ(none, ImageConfig());
  const ImageConfig empty =
      parse(
          "version: 1\nbase: scratch\nconfig: {user: '', cmd: [], entrypoint: ~, ports: [], "
          "volumes: []}\n")
          .config;
  EXPECT_EQ(empty.user, "");
  EXPECT_EQ(empty.cmd, Texts());
  EXPECT_EQ(empty.entrypoint, Texts());
  EXPECT_EQ(empty.ports, Texts());
  EXPECT_EQ(empty.volumes, Texts());
  EXPECT_EQ(empty.workdir, std::nullopt);
}

TEST(Definition, AcceptsBasesOfEveryKind) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  for (const std::string& base :
       {std::string("debian"), std::string("registry.test:5000/a/b:1.2"), "debian@" + digest,
        std::string("oci:../layouts/base"), std::string("oci:base:stable"),
        "oci:/srv/base@" + digest, "oci:base:stable@" + digest}) {
    const Definition definition = parse("version: 1\nbase: \"" + base + "\"\n");
    ASSERT_TRUE(definition.base.has_value()) << base;
    EXPECT_EQ(definition.base->text, base);
  }
  EXPECT_FALSE(parse("version: 1\nbase: scratch\n").base.has_value());
}

TEST(Definition, ReadsModesAndOwners) {
  const struct {
    const char* mode;
    const char* owner;
    unsigned bits;
    Owner ids;
  } cases[] = {
      {"\"0644\"", "\"0:0\"", 0644, {0, 0}},
      {"\"4755\"", "\"1000\"", 04755, {1000, 1000}},
      {"\"755\"", "\"4294967294:1\"", 0755, {4294967294, 1}},
      {"\"0000\"", "\"1:4294967294\"", 0, {1, 4294967294}},
  };
  for (const auto& c : cases) {
    const Definition definition =
        parse(std::string("version: 1\nbase: scratch\nartifacts:\n") +
              "  - {from: a, to: /a, mode: " + c.mode + ", owner: " + c.owner + "}\n");
    EXPECT_EQ(definition.artifacts.at(0).mode, c.bits) << c.mode;
    EXPECT_EQ(definition.artifacts.at(0).owner, c.ids) << c.owner;
  }
}

/// `from` stays as it is written, so that what it names does not depend on how often it is read: an
/// escaped star is no pattern, and a backslash before a character hides nothing.
TEST(Definition, KeepsEscapesOfPaths) {
  const struct {
    const char* from;
    bool is_glob;
    const char* names;
  } cases[] = {
      {"a\\*b", false, "a*b"},
      {"a\\\\b", false, "a\\b"},
      {"\\[x\\]", false, "[x]"},
      {"lib/*.jar", true, nullptr},
  };
  for (const auto& c : cases) {
    const Definition definition = parse(
        std::string("version: 1\nbase: scratch\nartifacts: [{from: '") + c.from + "', to: /x}]\n");
    const ArtifactRule& rule = definition.artifacts.at(0);
    EXPECT_EQ(rule.is_glob(), c.is_glob) << c.from;
    if (c.names != nullptr) {
      EXPECT_EQ(text::Glob::unescape(rule.from), c.names) << c.from;
    }
  }
}

TEST(Definition, LoadsAFile) {
  const test_support::TemporaryDirectory directory;
  const auto file = directory.path() / "pinnace.yaml";
  files::write_file_atomically(file, "version: 1\nbase: scratch\n");
  EXPECT_EQ(load_definition(file).file, file);
  files::write_file_atomically(file, "version: 1\nbase: scratch\nbose: 1\n");
  try {
    load_definition(file);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.message().find(file.string() + ":3:1: "), 0U) << error.what();
  }
}

TEST(Definition, RefusesMissingAndLargeFiles) {
  const test_support::TemporaryDirectory directory;
  const auto file = directory.path() / "pinnace.yaml";
  EXPECT_THROW(load_definition(file), base::Error);
  files::write_file_atomically(file, "version: 1\nbase: scratch\n#" + std::string(1 << 20, 'x'));
  try {
    load_definition(file);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_NE(std::string(error.what()).find(file.string()), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace pinnace::definition
