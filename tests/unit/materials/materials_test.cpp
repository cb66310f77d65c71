#include "materials/materials.hpp"

#include <gtest/gtest.h>

#include "oci/platform.hpp"

namespace pinnace::materials {
namespace {

using provenance::Material;

const std::string k_commit(40, 'a');

plan::Plan plan_of(std::vector<plan::Action> actions) {
  plan::StagePlan stage{
      "", plan::FromScratch{}, {}, {}, oci::Config(oci::Platform{"linux", "amd64", "", ""})};
  for (plan::Action& action : actions) stage.steps.push_back({"", {}, std::move(action)});
  plan::Plan plan;
  plan.stages.push_back(std::move(stage));
  return plan;
}

plan::CopyStep add(std::vector<source::RemoteSource> remotes) {
  plan::CopyStep step;
  step.remotes = std::move(remotes);
  return step;
}

TEST(Materials, WhatIsPinnedIsKnownOnce) {
  const auto digest = hash::Digest::of("x");
  const plan::Plan plan =
      plan_of({add({source::UrlSource{"https://ada:secret@files.test/x", "x", digest},
                    source::GitSource{"https://git.test/x.git", k_commit, "", false, {}}}),
               add({source::UrlSource{"https://ada:secret@files.test/x", "x", digest}})});
  const Materials found = materials_of({plan, plan});
  ASSERT_EQ(found.known.size(), 2U);
  EXPECT_EQ(found.known[0].digest.at("sha256"), digest.hex());
  EXPECT_EQ(found.known[0].uri.find("secret"), std::string::npos);
  EXPECT_EQ(found.known[1],
            (Material{"repository", "git+https://git.test/x.git", {{"gitCommit", k_commit}}}));
  EXPECT_TRUE(found.not_recorded.empty());
}

TEST(Materials, WhatIsNotPinnedIsSaidOnce) {
  const plan::Plan plan =
      plan_of({add({source::UrlSource{"https://files.test/x", "x", {}},
                    source::GitSource{"https://git.test/x.git", "main", "", false, {}}})});
  const Materials found = materials_of({plan, plan});
  ASSERT_EQ(found.known.size(), 2U);
  EXPECT_TRUE(found.known[0].digest.empty());
  EXPECT_TRUE(found.known[1].digest.empty());
  EXPECT_EQ(found.not_recorded.size(), 2U);
}

TEST(Materials, OfRunTheNetworkIsNotRecorded) {
  plan::RunStep run;
  run.network = "none";
  EXPECT_TRUE(materials_of({plan_of({run})}).not_recorded.empty());
  run.network = "default";
  EXPECT_EQ(materials_of({plan_of({run})}).not_recorded.size(), 1U);
  run.network = "none";
  run.mounts.emplace_back().type = plan::RunMount::Type::secret;
  EXPECT_EQ(materials_of({plan_of({run})}).not_recorded.size(), 1U);
}

TEST(ShownArguments, HideSecrets) {
  using Map = std::map<std::string, std::string>;
  EXPECT_EQ(shown_arguments({{"VERSION", "1"},
                             {"API_TOKEN", "x"},
                             {"db_password", "x"},
                             {"PUBLIC_KEY", "y"},
                             {"HTTP_PROXY", "http://ada:secret@proxy.test:3128"}}),
            (Map{{"VERSION", "1"},
                 {"API_TOKEN", "REDACTED"},
                 {"db_password", "REDACTED"},
                 {"PUBLIC_KEY", "y"},
                 {"HTTP_PROXY", "http://REDACTED@proxy.test:3128"}}));
}

}  // namespace
}  // namespace pinnace::materials
