#include "plan/run_plan.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "base/error.hpp"

namespace pinnace::plan {
namespace {

/// All that a RUN is planned from.
struct Input {
  RunStep step;
  RunSettings settings;
  std::optional<std::int64_t> source_date;
};

Input sample() {
  Input input;
  input.step.arguments = {"/bin/sh", "-c", "make"};
  input.step.environment = {"A=1", "B=2"};
  input.step.network = "default";
  input.step.platform = oci::Platform::parse("linux/amd64");
  input.step.mounts.resize(1);
  input.step.mounts.front().type = RunMount::Type::cache;
  return input;
}

RunPlan plan(const Input& input) {
  return plan_run(input.step, input.settings, input.source_date);
}

enum class Key { changes, stays };
struct Change {
  const char* member;
  Key key;
  std::function<void(Input&)> make;
};

RunMount& mount_of(Input& input) {
  return input.step.mounts.front();
}

const Change k_step[] = {
    {"arguments", Key::changes, [](Input& i) { i.step.arguments.back() = "make all"; }},
    {"their number", Key::changes, [](Input& i) { i.step.arguments.push_back(""); }},
    {"script", Key::changes,
     [](Input& i) {
       i.step.script = InlineFile{"/dev/pipes/x", "y"};
     }},
    {"environment", Key::changes, [](Input& i) { i.step.environment.back() = "B=3"; }},
    {"its order", Key::changes,
     [](Input& i) { std::swap(i.step.environment[0], i.step.environment[1]); }},
    {"proxies", Key::stays, [](Input& i) { i.step.proxies = {"HTTP_PROXY=http://p:1"}; }},
    {"user", Key::changes, [](Input& i) { i.step.user = "app"; }},
    {"directory", Key::changes, [](Input& i) { i.step.directory = "/srv"; }},
    {"network", Key::changes, [](Input& i) { i.step.network = "none"; }},
    {"platform", Key::changes,
     [](Input& i) { i.step.platform = oci::Platform::parse("linux/arm64"); }},
    {"has_socketcall", Key::changes, [](Input& i) { i.step.has_socketcall = true; }},
    {"mounts", Key::changes, [](Input& i) { i.step.mounts.clear(); }},
};

const Change k_mount[] = {
    {"type", Key::changes, [](Input& i) { mount_of(i).type = RunMount::Type::tmpfs; }},
    {"position", Key::stays, [](Input& i) { mount_of(i).position.line = 7; }},
    {"target", Key::changes, [](Input& i) { mount_of(i).target = "/t"; }},
    {"origin", Key::stays, [](Input& i) { mount_of(i).origin = FromStage{1}; }},
    {"source", Key::changes, [](Input& i) { mount_of(i).source = "s"; }},
    {"writable", Key::changes, [](Input& i) { mount_of(i).writable = true; }},
    {"id", Key::changes, [](Input& i) { mount_of(i).id = "i"; }},
    {"sharing", Key::changes, [](Input& i) { mount_of(i).sharing = RunMount::Sharing::locked; }},
    {"mode", Key::changes, [](Input& i) { mount_of(i).mode = 0700; }},
    {"uid", Key::changes, [](Input& i) { mount_of(i).uid = 1; }},
    {"gid", Key::changes, [](Input& i) { mount_of(i).gid = 1; }},
    {"size", Key::changes, [](Input& i) { mount_of(i).size = 1; }},
    {"required", Key::changes, [](Input& i) { mount_of(i).required = true; }},
    {"variable", Key::changes, [](Input& i) { mount_of(i).variable = "V"; }},
};

const Change k_settings[] = {
    {"executable", Key::stays, [](Input& i) { i.settings.sandbox.executable = "/bin/pinnace"; }},
    {"sandbox's directory", Key::stays, [](Input& i) { i.settings.sandbox.directory = "/var"; }},
    {"runtime", Key::stays, [](Input& i) { i.settings.sandbox.runtime = "crun"; }},
    {"host root", Key::changes, [](Input& i) { i.settings.sandbox.host_root = true; }},
    {"tools", Key::stays, [](Input& i) { i.settings.sandbox.environment["PATH"] = "/bin"; }},
    {"network", Key::changes, [](Input& i) { i.settings.network = container::Network::host; }},
    {"secrets", Key::stays,
     [](Input& i) {
       i.settings.secrets = {{"id", "env:X"}};
     }},
    {"sockets", Key::stays,
     [](Input& i) {
       i.settings.sockets = {{"id", "/run/s"}};
     }},
    {"limits", Key::stays, [](Input& i) { i.settings.limits.memory = 1 << 20; }},
    {"source date", Key::changes, [](Input& i) { i.source_date = 1; }},
};

template <class Changes>
void check(const Changes& changes) {
  const RunKey before = plan(sample()).key;
  for (const Change& change : changes) {
    Input input = sample();
    change.make(input);
    EXPECT_EQ(plan(input).key == before, change.key == Key::stays) << change.member;
  }
}

// The lists of members in plan/run_plan.cpp don't compile when a member is added; these are then
// to be completed, too.
TEST(RunPlan, OfAStepTheKeyHasAllThatItsResultDependsOn) {
  check(k_step);
}
TEST(RunPlan, OfAMountTheKeyHasAllThatItsResultDependsOn) {
  check(k_mount);
}
TEST(RunPlan, OfTheSettingsTheKeyHasAllThatItsResultDependsOn) {
  check(k_settings);
}

TEST(RunPlan, TheKeyIsAsOlderCachesHaveIt) {
  Input input = sample();
  input.step.mounts.front().id = "c";
  EXPECT_EQ(plan(input).key.step,
            R"({"arguments":["/bin/sh","-c","make"],"directory":"","environment":["A=1","B=2"],)"
            R"("mounts":[[1,"","",false,"c",0,0,0,0,0,false,""]],"network":"default",)"
            R"("platform":"linux/amd64","script":"","user":""})");
}

TEST(RunPlan, AProgramIsToldADateUnlessItHasOne) {
  Input input = sample();
  EXPECT_EQ(plan(input).container.environment.back(), "SOURCE_DATE_EPOCH=315532800");
  input.source_date = 0;
  EXPECT_EQ(plan(input).container.environment.back(), "SOURCE_DATE_EPOCH=0");
  input.step.environment = {"SOURCE_DATE_EPOCH="};
  EXPECT_EQ(plan(input).container.environment, input.step.environment);
  input.step.environment = {"SOURCE_DATE_EPOCH_X=1"};
  EXPECT_EQ(plan(input).container.environment.size(), 2U);
}

TEST(RunPlan, ProxiesReachTheProgram) {
  Input input = sample();
  input.step.proxies = {"HTTP_PROXY=http://p:1"};
  EXPECT_EQ(plan(input).container.environment.at(2), "HTTP_PROXY=http://p:1");
}

TEST(RunPlan, AScriptIsAProgram) {
  Input input = sample();
  input.step.script = InlineFile{"/dev/pipes/EOF", "#!/bin/sh\n"};
  const container::Container container = plan(input).container;
  ASSERT_EQ(container.mounts.size(), 1U);
  EXPECT_EQ(container.mounts[0].target, "/dev/pipes/EOF");
  const auto& file = std::get<container::SecretMount>(container.mounts[0].source);
  EXPECT_EQ(file.content, "#!/bin/sh\n");
  EXPECT_EQ(file.mode, 0755U);
}

TEST(RunPlan, TheHostsNetworkIsTheBuildsToGive) {
  using container::Network;
  const struct {
    const char* asked;
    Network given;
    std::optional<Network> expected;
  } cases[] = {
      {"default", Network::isolated, Network::isolated},
      {"default", Network::none, Network::none},
      {"default", Network::host, Network::host},
      {"none", Network::isolated, Network::none},
      {"none", Network::host, Network::none},
      {"host", Network::host, Network::host},
      {"host", Network::isolated, {}},
      {"host", Network::none, {}},
  };
  for (const auto& c : cases) {
    Input input = sample();
    input.step.network = c.asked;
    input.settings.network = c.given;
    if (!c.expected) {
      EXPECT_THROW(plan(input), base::Error) << c.asked;
      continue;
    }
    EXPECT_EQ(plan(input).container.network, *c.expected) << c.asked;
    EXPECT_EQ(plan(input).key.network, *c.expected) << c.asked;
  }
}

}  // namespace
}  // namespace pinnace::plan
