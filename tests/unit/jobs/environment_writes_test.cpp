#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "disk/oci_layout.hpp"
#include "files/file.hpp"
#include "jobs/list.hpp"
#include "support/image_samples.hpp"
#include "support/temporary_directory.hpp"

namespace pinnace::jobs {
namespace {

using nlohmann::json;

/// What writes into environments, on local layouts.
class EnvironmentWrites : public testing::Test {
 protected:
  void SetUp() override {
    files::write_file_atomically(path("environments.yaml"),
                                 "free: {repository: 'oci:free'}\n"
                                 "prod: {repository: 'oci:prod', immutable: true}\n"
                                 "guarded: {repository: 'oci:guarded', admits: {from: [free]}}\n");
  }
  std::string path(const std::string& name) const { return (m_directory.path() / name).string(); }
  std::string put(const std::string& directory, const std::string& tag,
                  const std::string& content) {
    std::filesystem::create_directories(std::filesystem::path(path(directory)).parent_path());
    disk::OciLayout layout(path(directory), disk::OciLayout::Missing::create);
    const auto manifest = test_support::put_image_blobs(layout, {}, content);
    layout.put_manifest({}, manifest, tag);
    return manifest.digest.str();
  }
  json run(std::string_view job, json request) {
    request["version"] = 1;
    request["store"] = path("store");
    request["registries"] = nullptr;
    request["environments"] = path("environments.yaml");
    return json::parse(open_job(job, request.dump(), nullptr)->run({}));
  }
  json copy(const std::string& source, const std::string& target) {
    return run("copy", {{"source", source},
                        {"target", target},
                        {"referrers", false},
                        {"repair", false},
                        {"parallel", nullptr}});
  }
  json promote(const std::string& reference, const std::string& to, const json& as = nullptr) {
    return run("promote", {{"reference", reference}, {"to", to}, {"tag", nullptr}, {"as", as}});
  }
  std::string held(const std::string& directory, const std::string& tag) {
    disk::OciLayout layout(path(directory), disk::OciLayout::Missing::refuse);
    const auto found = layout.resolve({}, tag);
    return found ? found->digest.str() : "";
  }

  test_support::TemporaryDirectory m_directory;
};

TEST_F(EnvironmentWrites, ACopyDoesNotGoRoundTheRules) {
  const std::string first = put("work/web", "2.0", "first");
  promote("oci:" + path("work/web") + ":2.0", "prod");
  put("work/web", "2.0", "second");
  for (const std::string& target :
       {std::string("env:prod/web:2.0"), std::string("env:prod/web:3.0"),
        "oci:" + path("prod/web") + ":2.0", std::string("env:guarded/web:2.0")}) {
    try {
      copy("oci:" + path("work/web") + ":2.0", target);
      ADD_FAILURE() << target << " was written";
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::conflict) << error.what();
      EXPECT_NE(std::string(error.what()).find("promote"), std::string::npos) << error.what();
    }
  }
  EXPECT_EQ(held("prod/web", "2.0"), first);
  EXPECT_FALSE(std::filesystem::exists(path("guarded")));
}

TEST_F(EnvironmentWrites, NoNameOfAnotherEnvironmentGoesRoundTheRules) {
  files::write_file_atomically(path("environments.yaml"),
                               "test: {repository: 'oci:envs'}\n"
                               "prod: {repository: 'oci:envs/prod', immutable: true}\n");
  const std::string first = put("work/web", "2.0", "first");
  promote("oci:" + path("work/web") + ":2.0", "prod");
  put("work/web", "2.0", "second");
  std::filesystem::create_directory_symlink("prod", path("envs/link"));
  for (const std::string& target :
       {std::string("env:test/prod/web:2.0"), std::string("env:test/link/web:2.0"),
        "oci-archive:" + path("envs/prod/web/index.json") + ":1"})
    EXPECT_THROW(copy("oci:" + path("work/web") + ":2.0", target), base::Error) << target;
  std::filesystem::create_directory_symlink("prod/web", path("envs/web"));
  EXPECT_THROW(promote("oci:" + path("work/web") + ":2.0", "test"), base::Error);
  EXPECT_EQ(held("envs/prod/web", "2.0"), first);
}

TEST_F(EnvironmentWrites, WithoutRulesACopyMayWriteAndSaysWhatItReplaced) {
  const std::string first = put("work/web", "1", "first");
  EXPECT_EQ(copy("oci:" + path("work/web") + ":1", "env:free/web:1").at("replaced"), nullptr);
  EXPECT_EQ(copy("oci:" + path("work/web") + ":1", "env:free/web:1").at("replaced"), nullptr);
  put("work/web", "1", "second");
  EXPECT_EQ(copy("oci:" + path("work/web") + ":1", "env:free/web:1").at("replaced"), first);
}

TEST_F(EnvironmentWrites, APromotionKeepsTheNameInTheEnvironmentItComesFrom) {
  const std::string alpha = put("free/alpha/web", "stable", "alpha");
  const std::string beta = put("free/beta/web", "stable", "beta");
  EXPECT_EQ(promote("oci:" + path("free/alpha/web") + ":stable", "guarded").at("replaced"),
            nullptr);
  EXPECT_EQ(promote("env:free/beta/web:stable", "guarded").at("replaced"), nullptr);
  EXPECT_EQ(held("guarded/alpha/web", "stable"), alpha);
  EXPECT_EQ(held("guarded/beta/web", "stable"), beta);
}

TEST_F(EnvironmentWrites, APromotionGivesTheNameThatIsSaid) {
  const std::string first = put("alpha/web", "stable", "first");
  const std::string layout = "oci:" + path("alpha/web") + ":stable";
  promote(layout, "prod", "alpha/web");
  EXPECT_EQ(held("prod/alpha/web", "stable"), first);
  EXPECT_FALSE(std::filesystem::exists(path("prod/web")));
  for (const char* bad : {"../web", "Web", "", "a//b"})
    EXPECT_THROW(promote(layout, "prod", bad), base::Error) << bad;
}

/// Of an absolute path the last part is the name, and two teams' layouts may have the same.
TEST_F(EnvironmentWrites, ATagIsNotTakenFromWhatMayBeAnotherTeamsImage) {
  files::write_file_atomically(path("environments.yaml"), "test: {repository: 'oci:test'}\n");
  const std::string alpha = put("alpha/web", "stable", "alpha");
  const std::string beta = put("beta/web", "stable", "beta");
  const std::string source = "oci:" + path("beta/web") + ":stable";
  promote("oci:" + path("alpha/web") + ":stable", "test");
  try {
    promote(source, "test");
    ADD_FAILURE() << "alpha's image was replaced";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.code(), base::ErrorCode::conflict) << error.what();
    const std::string text = error.what();
    for (const std::string& part :
         {source, alpha, std::string("test/web:stable"), std::string("--as web")})
      EXPECT_NE(text.find(part), std::string::npos) << text;
  }
  EXPECT_EQ(held("test/web", "stable"), alpha);
  EXPECT_EQ(promote("oci:" + path("alpha/web") + ":stable", "test").at("replaced"), nullptr);
  EXPECT_EQ(promote(source, "test", "web").at("replaced"), alpha) << "as it was said";
  EXPECT_EQ(held("test/web", "stable"), beta);
}

TEST_F(EnvironmentWrites, APromotionSaysWhatItReplaced) {
  const std::string first = put("free/web", "stable", "first");
  promote("env:free/web:stable", "guarded");
  put("free/web", "stable", "second");
  EXPECT_EQ(promote("env:free/web:stable", "guarded").at("replaced"), first);
  EXPECT_EQ(promote("env:free/web:stable", "guarded").at("replaced"), nullptr);
}

}  // namespace
}  // namespace pinnace::jobs
