#include "plan/platforms.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace pinnace::plan {
namespace {

using oci::Platform;

const Platform k_amd64 = Platform::parse("linux/amd64");
const Platform k_arm64 = Platform::parse("linux/arm64");

TEST(ChoosePlatforms, NeverDependsOnTheMachine) {
  const std::vector<Platform> many = {k_amd64, k_arm64};
  EXPECT_EQ(choose_platforms({}, {}, {}, "scratch"), std::vector{k_amd64});
  EXPECT_EQ(choose_platforms({}, {}, many, "b"), std::vector{k_amd64});
  EXPECT_EQ(choose_platforms({}, {}, {k_arm64}, "b"), std::vector{k_arm64});
  EXPECT_EQ(choose_platforms({}, {k_arm64, k_amd64}, many, "b"), many);
  EXPECT_EQ(choose_platforms({k_arm64}, {k_amd64}, many, "b"), std::vector{k_arm64});
  EXPECT_THROW(choose_platforms({k_arm64}, {}, {k_amd64}, "b"), base::Error);
}

}  // namespace
}  // namespace pinnace::plan
