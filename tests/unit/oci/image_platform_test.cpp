#include "oci/image_platform.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::oci {
namespace {

TEST(CheckPlatform, TheConfigurationIsForWhatIsListed) {
  struct Case {
    Platform listed;
    Platform said;  ///< by the configuration
    bool agree;
  };
  for (const Case& c : std::vector<Case>{
           {{"linux", "amd64", "", ""}, {"linux", "amd64", "", ""}, true},
           {{"linux", "amd64", "", ""}, {"linux", "arm64", "", ""}, false},
           {{"linux", "amd64", "", ""}, {"windows", "amd64", "", ""}, false},
           {{"unknown", "unknown", "", ""}, {"linux", "amd64", "", ""}, true},
           {{"linux", "x86_64", "", ""}, {"Linux", "amd64", "", ""}, true},
           {{"linux", "arm64", "", ""}, {"linux", "arm64", "v8", ""}, true},
           {{"linux", "arm64", "v8", ""}, {"linux", "aarch64", "", ""}, true},
           // Tools that build for a variant often leave it out of the configuration.
           {{"linux", "arm", "v5", ""}, {"linux", "arm", "", ""}, true},
           {{"linux", "arm", "v6", ""}, {"linux", "arm", "v6", ""}, true},
           {{"linux", "amd64", "v3", ""}, {"linux", "amd64", "", ""}, true},
           {{"linux", "arm", "v7", ""}, {"linux", "arm", "v6", ""}, true},
           {{"linux", "arm", "v6", ""}, {"linux", "arm", "v7", ""}, false},
           {{"linux", "amd64", "", ""}, {"linux", "amd64", "v3", ""}, false},
           {{"unknown", "unknown", "", ""}, {"linux", "arm64", "", ""}, true},
           {{"windows", "amd64", "", "10.0.17763.1"}, {"windows", "amd64", "", "10.0.20348"}, true},
       }) {
    const std::string what = c.listed.str() + " " + c.said.str();
    try {
      check_platform(Config(c.said), c.listed, "sha256:1");
      EXPECT_TRUE(c.agree) << what;
    } catch (const base::Error& error) {
      EXPECT_FALSE(c.agree) << what;
      EXPECT_EQ(error.code(), base::ErrorCode::integrity);
    }
  }
}

TEST(RefuseArtifact, WhatSaysThatItIsNoImage) {
  const auto refusal = [](std::string_view config_type, std::optional<std::string> artifact_type) {
    const Manifest manifest{std::string(media_type::k_manifest),
                            {std::string(config_type), hash::Digest::of("{}"), 2, {}, {}, {}, {}},
                            {},
                            {},
                            std::move(artifact_type),
                            {}};
    try {
      refuse_artifact(manifest, "shop/web:1");
    } catch (const base::Error& error) {
      return error.message();
    }
    return std::string();
  };
  EXPECT_EQ(refusal(media_type::k_config, {}), "");
  EXPECT_EQ(refusal(media_type::k_config, "application/x"), "");
  EXPECT_EQ(refusal("application/json", {}), "") << "some old tools call it so";
  EXPECT_EQ(refusal(media_type::k_empty, std::string(k_build_cache)),
            "shop/web:1 is a build cache, expected an image");
  EXPECT_EQ(refusal("application/vnd.helm+json", "application/x"),
            "shop/web:1 is an artifact of the type application/x, expected an image");
}

}  // namespace
}  // namespace pinnace::oci
