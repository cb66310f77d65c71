#include "jobs/held_name.hpp"

#include <gtest/gtest.h>

#include "support/temporary_directory.hpp"

namespace pinnace::jobs {
namespace {

namespace fs = std::filesystem;

class HeldName : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return (m_directory.path() / name).string(); }
  config::Environments environments() const {
    return config::Environments::parse(
        "test: {repository: registry.test/shop}\n"
        "inner: {repository: registry.test/shop/inner}\n"
        "twin: {repository: registry.test/shop/inner, immutable: true}\n"
        "local: {repository: 'oci:images/local', immutable: true}\n"
        "free: {repository: 'oci:images/free'}\n",
        path("environments.yaml"));
  }
  std::string held(const std::string& name) const {
    const auto found = held_name(environments(), oci::parse_image_name(name));
    return found ? to_string(*found) : "";
  }
  std::string named(const std::string& name) const {
    return image_name(environments(), oci::parse_image_name(name));
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
  EXPECT_EQ(held("oci-archive:" + path("images/local/a.tar")), "");
}

TEST_F(HeldName, TwoTeamsHaveTwoImages) {
  EXPECT_EQ(named("registry.ci/alpha/web:stable"), "alpha/web");
  EXPECT_EQ(named("registry.ci/beta/web:stable"), "beta/web");
  EXPECT_EQ(named("nginx"), "library/nginx");
  EXPECT_EQ(named("registry.test/shop/alpha/web"), "alpha/web") << "as it is called there";
  EXPECT_EQ(named("env:test/alpha/web:1"), "alpha/web");
  EXPECT_EQ(named("oci:" + path("images/free/alpha/web")), "alpha/web");
  EXPECT_EQ(named("oci:" + path("work/web/") + ":1"), "web");
  EXPECT_EQ(named("oci-archive:" + path("work/web.tar")), "web");
}

TEST_F(HeldName, RulesBindWhoeverWrites) {
  const auto allowed = [&](const std::string& name) {
    try {
      check_unruled(environments(), oci::parse_image_name(name));
      return std::string();
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::conflict);
      return std::string(error.what());
    }
  };
  for (const std::string& ruled :
       {std::string("env:local/a:1"), "oci:" + path("images/local/a"),
        std::string("registry.test/shop/inner/web:1"), std::string("env:twin/web:1")})
    EXPECT_NE(allowed(ruled).find("promote REF --to"), std::string::npos) << ruled;
  for (const std::string& free :
       {std::string("env:free/a:1"), std::string("registry.test/shop/web"), std::string("oci:x")})
    EXPECT_EQ(allowed(free), "") << free;
}

}  // namespace
}  // namespace pinnace::jobs
