#include "oci/config.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "json/json.hpp"
#include "oci/manifest.hpp"

namespace pinnace::oci {
namespace {

using Json = nlohmann::json;

const std::string k_diff_id = "sha256:" + std::string(64, 'b');

Json config_json() {
  return {{"architecture", "arm64"},
          {"os", "linux"},
          {"variant", "v8"},
          {"x-later", {1, 2}},
          {"config", {{"Env", {"A=b"}}, {"Labels", {{"l", "m"}}}, {"Cmd", nullptr}}},
          {"history", {{{"created_by", "x"}}}},
          {"rootfs", {{"type", "layers"}, {"diff_ids", {k_diff_id}}}}};
}

TEST(Config, ReadsAndKeepsEverything) {
  auto config = Config::parse(config_json().dump());
  EXPECT_EQ(config.platform().str(), "linux/arm64/v8");
  ASSERT_EQ(config.diff_ids().size(), 1U);
  EXPECT_EQ(config.diff_ids()[0].str(), k_diff_id);
  config.add_layer(hash::Digest::of("layer"), {{"created_by", "pinnace"}});
  config.json()["config"]["User"] = "1000";
  const auto again = Json::parse(config.to_bytes());
  EXPECT_EQ(again["x-later"], Json({1, 2}));
  EXPECT_EQ(again["config"]["Env"][0], "A=b");
  EXPECT_EQ(again["config"]["User"], "1000");
  EXPECT_EQ(again["rootfs"]["diff_ids"].size(), 2U);
  EXPECT_EQ(again["history"][1]["created_by"], "pinnace");
}

/// What is built for one variant on a base of another is for the first; nothing else changes.
TEST(Config, TakesTheVariantThatIsAskedFor) {
  struct Case {
    const char* base;
    const char* wish;
    const char* expected;
  };
  const Case cases[] = {
      {"linux/arm/v6", "linux/arm/v7", "linux/arm/v7"},
      {"linux/amd64", "linux/amd64/v2", "linux/amd64/v2"},
      {"linux/amd64/v2", "linux/amd64/v2", "linux/amd64/v2"},
      {"linux/amd64", "linux/arm64/v9", "linux/amd64"},  // FROM --platform of another
  };
  for (const Case& one : cases) {
    Config config(Platform::parse(one.base));
    config.set_variant(Platform::parse(one.wish));
    EXPECT_EQ(config.platform().str(), one.expected) << one.base << " for " << one.wish;
  }
  auto same = Config::parse(config_json().dump());
  const std::string before = same.to_bytes();
  same.set_variant(Platform::parse("linux/arm64"));  // is arm64/v8
  EXPECT_EQ(same.to_bytes(), before);
}

struct BadConfig {
  const char* pointer;
  Json value;  ///< discarded: removed
  const char* expected;
};

TEST(Config, BadFieldsAreNamed) {
  const Json removed(Json::value_t::discarded);
  const BadConfig cases[] = {
      {"/os", removed, "expected the field \"os\""},
      {"/architecture", removed, "expected the field \"architecture\""},
      {"/os", 1, "/os: expected a string"},
      {"/created", 5, "/created: expected a string"},
      {"/rootfs", removed, "expected the field \"rootfs\""},
      {"/rootfs", "x", "/rootfs: expected an object"},
      {"/rootfs/type", "other", "/rootfs/type: expected \"layers\""},
      {"/rootfs/diff_ids", "x", "/rootfs/diff_ids: expected an array"},
      {"/rootfs/diff_ids/0", "sha256:x", "/rootfs/diff_ids/0: invalid digest"},
      {"/rootfs/diff_ids", Json(1001, k_diff_id), "expected at most 1000 items"},
      {"/config", Json::array(), "/config: expected an object"},
      {"/config/Env", "A=b", "/config/Env: expected an array"},
      {"/config/Env/0", 1, "/config/Env/0: expected a string"},
      {"/config/Entrypoint", "sh", "/config/Entrypoint: expected an array"},
      {"/config/User", 0, "/config/User: expected a string"},
      {"/config/Labels/l", true, "/config/Labels/l: expected a string"},
      {"/config/ExposedPorts", {"80"}, "/config/ExposedPorts: expected an object"},
      {"/history", 5, "/history: expected an array"},
      {"/history/0", "x", "/history/0: expected an object"},
  };
  for (const BadConfig& bad : cases) {
    Json changed = config_json();
    const Json::json_pointer pointer(bad.pointer);
    if (bad.value.is_discarded()) {
      changed[pointer.parent_pointer()].erase(pointer.back());
    } else {
      changed[pointer] = bad.value;
    }
    try {
      Config::parse(changed.dump());
      ADD_FAILURE() << bad.pointer << " was accepted";
    } catch (const base::Error& error) {
      EXPECT_EQ(error.code(), base::ErrorCode::invalid_input) << bad.pointer;
      const std::string message = error.what();
      EXPECT_NE(message.find(bad.expected), std::string::npos) << message;
      EXPECT_EQ(message.find("image configuration: "), 0U) << message;
    }
  }
  EXPECT_THROW(Config::parse("[]"), base::Error);
  EXPECT_THROW(Config::parse(std::string(k_max_config + 1, ' ')), base::Error);
}

TEST(Config, AnEmptyOneIsCanonical) {
  Config config(Platform::parse("linux/arm/v6"));
  EXPECT_EQ(config.to_bytes(),
            R"({"architecture":"arm","config":{},"os":"linux","rootfs":{"diff_ids":[],)"
            R"("type":"layers"},"variant":"v6"})");
  EXPECT_EQ(Config::parse(config.to_bytes()).platform(), Platform::parse("linux/arm/v6"));
}

TEST(Config, NullsOfGoBecomeObjects) {
  auto value = config_json();
  value["config"] = nullptr;
  value["history"] = nullptr;
  value["rootfs"]["diff_ids"] = nullptr;
  auto config = Config::parse(value.dump());
  config.json()["config"]["User"] = "u";
  config.add_layer(hash::Digest::of("layer"), {{"created_by", "x"}});
  EXPECT_EQ(config.diff_ids().size(), 1U);
  EXPECT_EQ(config.json()["history"].size(), 1U);
}

TEST(Config, CreatedIsUtcInRfc3339) {
  Config config(Platform::parse("linux/amd64"));
  const std::pair<std::int64_t, const char*> cases[] = {
      {0, "1970-01-01T00:00:00Z"},
      {-1, "1969-12-31T23:59:59Z"},
      {951'782'400, "2000-02-29T00:00:00Z"},
      {1'700'000'000, "2023-11-14T22:13:20Z"},
      {253'402'300'799, "9999-12-31T23:59:59Z"},
      {-62'167'219'200, "0000-01-01T00:00:00Z"},
  };
  for (const auto& [seconds, text] : cases) {
    config.set_created(seconds);
    EXPECT_EQ(config.json()["created"], text);
  }
  EXPECT_THROW(config.set_created(253'402'300'800), base::Error);
  EXPECT_THROW(config.set_created(-62'167'219'201), base::Error);
}

TEST(Config, TextThatIsNotUtf8IsAnError) {
  Config config(Platform::parse("linux/amd64"));
  config.json()["config"]["User"] = "\xff";
  EXPECT_THROW(config.to_bytes(), base::Error);
}

const std::string k_head = R"({"os":"linux","architecture":"amd64","rootfs":{},"config":)";

TEST(Config, KnowsHowItsProgramsRun) {
  Config config = Config::parse(
      k_head +
      R"({"User":"u:g","WorkingDir":"/w","StopSignal":"SIGINT","Env":["A=1"],"Entrypoint":["/e"],)"
      R"("Cmd":["c"],"Shell":["/sh"],"OnBuild":["RUN x"],"ExposedPorts":{"80/tcp":{}},)"
      R"("Volumes":{"/v":{}},"Labels":{"l":"m"},"Later":1,"Healthcheck":null}})");
  const Execution execution = config.execution();
  using Texts = Execution::Texts;
  EXPECT_EQ(execution.user, "u:g");
  EXPECT_EQ(execution.directory, "/w");
  EXPECT_EQ(execution.stop_signal, "SIGINT");
  EXPECT_EQ(execution.variables().texts(), Texts{"A=1"});
  EXPECT_EQ(execution.entrypoint, Texts{"/e"});
  EXPECT_EQ(execution.command, Texts{"c"});
  EXPECT_EQ(execution.shell, Texts{"/sh"});
  EXPECT_EQ(execution.triggers, Texts{"RUN x"});
  EXPECT_EQ(execution.ports.value().count("80/tcp"), 1U);
  EXPECT_EQ(execution.volumes.value().count("/v"), 1U);
  EXPECT_EQ(execution.labels.value().at("l"), "m");
  EXPECT_EQ(execution.others, (Json{{"Later", 1}, {"Healthcheck", nullptr}}));
  EXPECT_EQ(execution.to_json(), config.json().at("config"));
}

TEST(Config, ExecutionsAreSaidInOneWay) {
  Execution execution =
      Config::parse(
          k_head +
          R"({"User":null,"WorkingDir":"/w","Env":["A=1","B","A=2","C="],"Shell":["/sh"]}})")
          .execution();
  execution.normalize();
  EXPECT_EQ(execution.to_json(),
            (Json{{"WorkingDir", "/w"}, {"Env", {"A=2", "B=", "C="}}, {"Shell", {"/sh"}}}));
  EXPECT_EQ(Config::parse(k_head + "null}").execution().to_json(), Json::object());
}

TEST(Config, ExecutionsOfAWrongTypeAreRefused) {
  for (const char* wrong : {R"({"Shell":"sh"})", R"({"Shell":[1]})", R"({"OnBuild":"RUN x"})",
                            R"({"Env":{}})", R"({"User":1})", R"({"ExposedPorts":[]})"})
    EXPECT_THROW(Config::parse(k_head + wrong + "}"), base::Error) << wrong;
}

TEST(Variables, AreThereOnceWhenOneWasSet) {
  Variables variables({"A=1", "B", "A=2", "=x", "C=3"});
  EXPECT_EQ(variables.find("A"), "2");
  EXPECT_EQ(variables.find("B"), "");
  EXPECT_FALSE(variables.has("D"));
  EXPECT_EQ(variables.texts().size(), 5U);
  variables.set("C", "=4");
  EXPECT_EQ(variables.texts(), (std::vector<std::string>{"A=2", "B=", "=x", "C==4"}));
  variables.remove("B");
  EXPECT_FALSE(variables.has("B"));
  variables.set("D", "");
  EXPECT_EQ(variables.find("C"), "=4");
  EXPECT_EQ(variables.texts(), (std::vector<std::string>{"A=2", "=x", "C==4", "D="}));
}

}  // namespace
}  // namespace pinnace::oci
