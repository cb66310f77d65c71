#include "places/environment_places.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::places {
namespace {

namespace fs = std::filesystem;

class HeldName : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return (m_directory.path() / name).string(); }
  EnvironmentPlaces places() const {
    config::Registries registries;
    config::RegistrySettings plain;
    plain.plain_http = true;
    registries.set("plain.test", plain);
    auto environments = config::Environments::parse(
        "test: {repository: registry.test/shop}\n"
        "inner: {repository: registry.test/shop/inner}\n"
        "twin: {repository: registry.test/shop/inner, immutable: true}\n"
        "local: {repository: 'oci:images/local', immutable: true}\n"
        "free: {repository: 'oci:images/free'}\n"
        "below: {repository: 'oci:images/free/below', immutable: true}\n"
        "hub: {repository: docker.io/team/shop, immutable: true}\n"
        "near: {repository: '127.0.0.1:5000/shop', immutable: true}\n"
        "plain: {repository: plain.test/shop, immutable: true}\n",
        path("environments.yaml"));
    return {std::move(environments), std::make_shared<const config::Registries>(registries)};
  }
  std::string held(const std::string& name) const {
    const auto found = places().held_name(oci::parse_image_name(name));
    return found ? to_string(*found) : "";
  }
  std::string named(const std::string& name) const {
    const GivenName given = places().image_name(oci::parse_image_name(name));
    return given.image + (given.is_whole ? "" : "?");
  }

  test_support::TemporaryDirectory m_directory;
};

TEST_F(HeldName, AnImageOfARegistryIsBelowTheLongestRepository) {
  EXPECT_EQ(held("registry.test/shop/alpha/web:1"), "env:test/alpha/web");
  EXPECT_EQ(held("REGISTRY.test/shop/web"), "env:test/web");
  EXPECT_EQ(held("registry.test:443/shop/web"), "env:test/web");
  EXPECT_EQ(held("registry.test/shop/inner/web"), "env:twin/web") << "the one with rules";
  for (const char* outside : {"registry.test/shop", "registry.test/shopping/web",
                              "registry.test:5000/shop/web", "other.test/shop/web"})
    EXPECT_EQ(held(outside), "") << outside;
}

TEST_F(HeldName, ALayoutIsBelowItHoweverItIsWritten) {
  fs::create_directories(path("images/local"));
  fs::create_directory_symlink(path("images"), path("link"));
  for (const std::string directory :
       {"images/local/a/b", "link/local/a/b", "images/free/../local/a/b", "images/local/a/b/"})
    EXPECT_EQ(held("oci:" + path(directory) + ":1"), "env:local/a/b") << directory;
  EXPECT_EQ(held("oci:" + path("images/free/a")), "env:free/a");
  EXPECT_EQ(held("oci:" + path("images/local")), "");
  EXPECT_EQ(held("oci-archive:" + path("images/local/a/index.json") + ":1"),
            "env:local/a/index.json");
}

TEST_F(HeldName, ANameOfAnEnvironmentMayLeadIntoAnotherOne) {
  fs::create_directories(path("images/free/below"));
  fs::create_directory_symlink("below", path("images/free/link"));
  EXPECT_EQ(held("env:test/web:1"), "env:test/web");
  EXPECT_EQ(held("env:test/inner/web:1"), "env:twin/web");
  EXPECT_EQ(held("env:free/below/a:1"), "env:below/a");
  EXPECT_EQ(held("env:free/link/a:1"), "env:below/a");
}

TEST_F(HeldName, ARegistryIsWhoAnswersHoweverItIsWritten) {
  for (const char* host :
       {"127.0.0.1:5000", "127.1:5000", "127.0.0.01:5000", "2130706433:5000", "0x7f.1:5000",
        "localhost:5000", "LOCALHOST:5000", "127.0.0.2:5000", "[::1]:5000",
        "[0:0:0:0:0:0:0:1]:5000", "[::ffff:7f00:1]:5000", "0.0.0.0:5000", "[::]:5000"})
    EXPECT_EQ(held(std::string(host) + "/shop/web:1"), "env:near/web") << host;
  for (const char* host : {"registry.test:443", "REGISTRY.Test:443"})
    EXPECT_EQ(held(std::string(host) + "/shop/web:1"), "env:test/web") << host;
  for (const char* host : {"docker.io", "index.docker.io", "INDEX.docker.io", "Docker.IO",
                           "registry-1.docker.io", "registry.hub.docker.com"})
    EXPECT_EQ(held(std::string(host) + "/team/shop/web:1"), "env:hub/web") << host;
  EXPECT_EQ(held("team/shop/web"), "env:hub/web");
  for (const char* host : {"plain.test", "plain.test:80"})
    EXPECT_EQ(held(std::string(host) + "/shop/web:1"), "env:plain/web") << host;
  for (const char* other : {"127.0.0.1:5001", "128.0.0.1:5000", "plain.test:443", "[::2]:5000"})
    EXPECT_EQ(held(std::string(other) + "/shop/web:1"), "") << other;
}

TEST_F(HeldName, APromotionStaysInItsEnvironment) {
  fs::create_directories(path("images/free/below"));
  fs::create_directory_symlink("below", path("images/free/link"));
  fs::create_directory_symlink(path("work"), path("images/free/out"));
  fs::create_directories(path("work"));
  const auto refused = [&](const std::string& environment, const std::string& image) {
    try {
      places().check_inside({environment, image, {}, {}});
      return std::string();
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::conflict);
      return std::string(error.what());
    }
  };
  for (const auto& [environment, image] : std::vector<std::pair<std::string, std::string>>{
           {"test", "web"}, {"twin", "web"}, {"free", "a/b"}, {"below", "a"}, {"near", "web"}})
    EXPECT_EQ(refused(environment, image), "");
  EXPECT_NE(refused("test", "inner/web").find("is in environment "), std::string::npos);
  EXPECT_NE(refused("inner", "web").find("twin"), std::string::npos) << "whose rules would be lost";
  EXPECT_NE(refused("free", "below/a").find("below"), std::string::npos);
  EXPECT_NE(refused("free", "link/a").find("below"), std::string::npos);
  EXPECT_NE(refused("free", "out").find("by a link"), std::string::npos);
}

TEST_F(HeldName, TwoTeamsHaveTwoImages) {
  EXPECT_EQ(named("registry.ci/alpha/web:stable"), "alpha/web");
  EXPECT_EQ(named("registry.ci/beta/web:stable"), "beta/web");
  EXPECT_EQ(named("nginx"), "nginx") << "the path that Docker Hub adds is none of its name";
  EXPECT_EQ(named("web:9@sha256:" + std::string(64, 'a')), "web");
  EXPECT_EQ(named("registry.ci/library/nginx"), "library/nginx");
  EXPECT_EQ(named("registry.test/shop/alpha/web"), "alpha/web") << "as it is called there";
  EXPECT_EQ(named("env:test/alpha/web:1"), "alpha/web");
  EXPECT_EQ(named("oci:" + path("images/free/alpha/web")), "alpha/web");
  EXPECT_EQ(named("docker-archive:r.tar:team/bb:1"), "team/bb");
  EXPECT_EQ(named("docker-archive:r.tar:bb:1"), "bb");
  EXPECT_EQ(named("docker-archive:r.tar"), "r");
}

TEST_F(HeldName, LayoutsAndArchivesOfTwoTeamsAreTwoImages) {
  for (const char* kind : {"oci:", "oci-archive:", "docker-archive:"}) {
    const std::string ending = kind == std::string("oci:") ? "" : ".tar";
    EXPECT_EQ(named(kind + ("alpha/web" + ending)), "alpha/web");
    EXPECT_EQ(named(kind + ("beta/web" + ending)), "beta/web");
    EXPECT_EQ(named(kind + ("./beta//x/../web" + ending)), "beta/web");
    EXPECT_EQ(named(kind + ("web" + ending)), "web");
    // Only the last part of these is a name, which others may have, too.
    EXPECT_EQ(named(kind + path("work/web" + ending)), "web?");
    EXPECT_EQ(named(kind + ("../alpha/web" + ending)), "web?");
    EXPECT_EQ(named(kind + ("a/../../alpha/web" + ending)), "web?");
  }
  EXPECT_EQ(named("oci:alpha/web/:1"), "alpha/web");
  EXPECT_EQ(named("oci:" + path("work/web/") + ":1"), "web?");
  EXPECT_TRUE(named("oci:.").ends_with("?"));
}

TEST_F(HeldName, NoImageIsCalledAsWhatALayoutHas) {
  for (const char* part : {"blobs", "index.json", "oci-layout"}) {
    const std::string name = "team/" + std::string(part) + "/web";
    EXPECT_NO_THROW(places().target_of({"test", name, {}, {}}));
    try {
      places().target_of({"free", name, {}, {}});
      ADD_FAILURE() << name;
    } catch (const base::Error& error) {
      EXPECT_NE(std::string(error.what()).find(std::string("each layout there has ") + part),
                std::string::npos)
          << error.what();
    }
  }
  EXPECT_NO_THROW(places().target_of({"free", "team/blobs-2", {}, {}}));
}

TEST_F(HeldName, RulesBindWhoeverWrites) {
  const auto allowed = [&](const std::string& name) {
    try {
      places().check_unruled(oci::parse_image_name(name));
      return std::string();
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::conflict);
      return std::string(error.what());
    }
  };
  for (const std::string& ruled :
       {std::string("env:local/a:1"), "oci:" + path("images/local/a"),
        std::string("registry.test/shop/inner/web:1"), std::string("env:twin/web:1"),
        std::string("env:test/inner/web:1"), std::string("env:inner/web:1"),
        std::string("env:free/below/a:1"), std::string("0x7f.1:5000/shop/web:1"),
        "oci-archive:" + path("images/local/a/index.json") + ":1"})
    EXPECT_NE(allowed(ruled).find("promote REF --to"), std::string::npos) << ruled;
  for (const std::string& free :
       {std::string("env:free/a:1"), std::string("registry.test/shop/web"), std::string("oci:x")})
    EXPECT_EQ(allowed(free), "") << free;
}

}  // namespace
}  // namespace pinnace::places
