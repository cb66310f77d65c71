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

}  // namespace
}  // namespace pinnace::oci
